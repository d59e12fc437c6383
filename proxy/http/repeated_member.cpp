#include "proxy/http/repeated_member.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <cstddef>
#include <cstdint>
#include <set>

namespace treecast::proxy {

namespace {

namespace json = boost::json;

/// What basic_parser calls while it reads. It stops at the first name that it has seen before.
class MemberNames {
public:
    static constexpr std::size_t max_object_size = ~std::size_t{0};
    static constexpr std::size_t max_array_size = ~std::size_t{0};
    static constexpr std::size_t max_key_size = ~std::size_t{0};
    static constexpr std::size_t max_string_size = ~std::size_t{0};

    const std::optional<std::string>& repeated() const noexcept { return repeated_; }

    bool on_document_begin(json::error_code& /*error*/) { return true; }
    bool on_document_end(json::error_code& /*error*/) { return true; }
    bool on_object_begin(json::error_code& /*error*/) { return ++depth_, true; }
    bool on_object_end(std::size_t /*count*/, json::error_code& /*error*/) {
        return --depth_, true;
    }
    bool on_array_begin(json::error_code& /*error*/) { return ++depth_, true; }
    bool on_array_end(std::size_t /*count*/, json::error_code& /*error*/) { return --depth_, true; }
    bool on_key_part(json::string_view part, std::size_t /*size*/, json::error_code& /*error*/) {
        name_.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t size, json::error_code& error) {
        on_key_part(part, size, error);
        const bool is_new = depth_ != 1 || names_.insert(name_).second;
        if (!is_new) {
            repeated_ = name_;
            error = json::error::exception;
        }
        name_.clear();
        return is_new;
    }
    bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
    bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
    bool on_double(double, json::string_view, json::error_code&) { return true; }
    bool on_bool(bool, json::error_code&) { return true; }
    bool on_null(json::error_code&) { return true; }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

private:
    std::size_t depth_ = 0;
    std::string name_;
    std::set<std::string> names_;
    std::optional<std::string> repeated_;
};

}  // namespace

std::optional<std::string> repeated_member(std::string_view text) {
    json::basic_parser<MemberNames> parser({});
    json::error_code error;
    parser.write_some(false, text.data(), text.size(), error);
    return parser.handler().repeated();
}

}  // namespace treecast::proxy
