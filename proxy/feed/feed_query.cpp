#include "proxy/feed/feed_query.hpp"

#include "base/tree_path.hpp"
#include "base/units.hpp"
#include "proxy/http/repeated_member.hpp"

#include <treecast/limits.hpp>

#include <boost/json/parser.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace treecast::proxy {

namespace {

namespace json = boost::json;
using namespace std::string_view_literals;

constexpr std::array repeatable{"path"sv, "prefix"sv, "glob"sv};

/// The paths of one subscription, its prefixes and its globs, are each at most so many.
constexpr std::size_t names_max = 4'000;
/// The largest `limit` that is understood; a page has fewer files.
constexpr std::size_t limit_max = 100'000;
constexpr const char* too_many = "has more than 4,000 values";

// Each of these accepts one text and returns null, or returns the reason for refusing it.

const char* add_path(std::string_view text, InterestLists& lists) {
    if (!is_valid_path(text))
        return "is not a path of a file, relative to the root";
    if (lists.paths.size() == names_max)
        return too_many;
    lists.paths.emplace_back(text);
    return nullptr;
}

const char* add_prefix(std::string_view text, InterestLists& lists) {
    if (text.size() >= path_bytes_max || text.find('\0') != text.npos || !is_utf8(text))
        return "is not the beginning of a path";
    if (text.starts_with('/'))
        return "begins with a slash, and no path does";
    if (lists.prefixes.size() == names_max)
        return too_many;
    lists.prefixes.emplace_back(text);
    return nullptr;
}

const char* add_glob(std::string_view text, InterestLists& lists) {
    auto glob = Glob::parse(text);
    if (!glob)
        return glob.error().reason;
    if (lists.globs.size() == names_max)
        return too_many;
    lists.globs.push_back(std::move(*glob));
    return nullptr;
}

const char* set_limit(std::string_view text, std::size_t& limit) {
    std::size_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (stopped != end || error != std::errc() || number == 0 || number > limit_max)
        return "is not a number of files from 1 to 100000";
    limit = std::min(number, listed_files_max);
    return nullptr;
}

using AddText = const char* (*)(std::string_view text, InterestLists& lists);

/// The parameter of this name that may be repeated; null if it is none.
AddText find_parameter(std::string_view name) {
    if (name == "path")
        return add_path;
    if (name == "prefix")
        return add_prefix;
    if (name == "glob")
        return add_glob;
    return nullptr;
}

AddText find_list(std::string_view member) {
    if (member == "paths")
        return add_path;
    if (member == "prefixes")
        return add_prefix;
    if (member == "globs")
        return add_glob;
    return nullptr;
}

const char* set_cursor(std::string_view text, std::optional<FeedCursor>& cursor) {
    cursor = parse_feed_cursor(text);
    return cursor ? nullptr : "is not a cursor as an answer of the feed gives it";
}

const char* set_part_max(std::string_view text, std::uint32_t& part_max) {
    const auto size = parse_size(text);
    if (!size || *size > part_bytes_max)
        return "is not a size from 0 to 16M, such as 65536 or 64K";
    part_max = static_cast<std::uint32_t>(*size);
    return nullptr;
}

const char* set_parameter(const std::string& name, const std::string& value, FeedQuery& query) {
    if (const AddText add = find_parameter(name))
        return add(value, query.interest);
    if (name == "limit")
        return set_limit(value, query.limit);
    if (name == "after")
        return set_cursor(value, query.after);
    if (name == "part_max")
        return set_part_max(value, query.part_max);
    if (name == "state") {
        query.state = sha256_from_hex(value);
        return query.state ? nullptr : "is not a SHA-256 of 64 hexadecimal digits";
    }
    if (name == "wait") {
        const auto wait = parse_duration(value);
        if (!wait)
            return "is not a time such as 30, 30s or 500ms";
        query.wait = *wait;
        return nullptr;
    }
    return "is not known";
}

const char* set_parameter(const std::string& name, const std::string& value, EventQuery& query) {
    if (const AddText add = find_parameter(name))
        return add(value, query.interest);
    if (name == "after")
        return set_cursor(value, query.after);
    if (name == "last_event_id")  // as the field, it is empty before the first id
        return value.empty() ? nullptr : set_cursor(value, query.last_event_id);
    return "is not known";
}

template <class Query>
std::optional<QueryRefusal> parse_query(std::string_view text, Query& query) {
    const auto take = [&query](const std::string& name, const std::string& value) {
        return set_parameter(name, value, query);
    };
    return parse_form_query(text, take, repeatable);
}

const char* add_all(const json::value& texts, AddText add, InterestLists& lists) {
    if (!texts.is_array())
        return "is not an array of strings";
    for (const json::value& text : texts.get_array()) {
        if (!text.is_string())
            return "is not an array of strings";
        if (const char* const reason = add(text.get_string(), lists))
            return reason;
    }
    return nullptr;
}

}  // namespace

std::optional<QueryRefusal> parse_feed_query(std::string_view text, FeedQuery& query) {
    return parse_query(text, query);
}

std::optional<QueryRefusal> parse_event_query(std::string_view text, EventQuery& query) {
    return parse_query(text, query);
}

std::optional<QueryRefusal> parse_feed_body(std::string_view body, FeedQuery& query) {
    json::parser parser({}, {.max_depth = 4});
    json::error_code error;
    parser.write(body, error);
    if (error)
        return QueryRefusal{"", "is not JSON: " + error.message()};
    const json::value value = parser.release();
    if (!value.is_object())
        return QueryRefusal{"", "is not a JSON object"};
    if (const auto repeated = repeated_member(body))
        return QueryRefusal{*repeated, "is there twice"};
    for (const auto& [name, texts] : value.get_object()) {
        const AddText add = find_list(name);
        const char* const reason =
            add ? add_all(texts, add, query.interest)
                : "is not known: a body has 'paths', 'prefixes' and 'globs', a URL the rest";
        if (reason != nullptr)
            return QueryRefusal{name, reason};
    }
    return std::nullopt;
}

}  // namespace treecast::proxy
