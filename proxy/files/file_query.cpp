#include "proxy/files/file_query.hpp"

#include "base/units.hpp"

namespace treecast::proxy {

namespace {

/// Sets one parameter; returns the reason if it is refused, else null.
const char* set_parameter(const std::string& name, const std::string& value, FileQuery& query) {
    if (name == "after") {
        const auto version = parse_version(value);
        if (!version)
            return "is not a version as Treecast-Version gives it";
        query.after = *version;
    } else if (name == "wait") {
        const auto wait = parse_duration(value);
        if (!wait)
            return "is not a time such as 30, 30s or 500ms";
        query.wait = *wait;
    } else {
        return "is not known";
    }
    return nullptr;
}

}  // namespace

std::optional<QueryRefusal> parse_file_query(std::string_view text, FileQuery& query) {
    query = {};
    return parse_form_query(text, [&query](const std::string& name, const std::string& value) {
        return set_parameter(name, value, query);
    });
}

}  // namespace treecast::proxy
