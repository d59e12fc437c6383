#include "client/following/feed_answer.hpp"

#include "base/one_line.hpp"
#include "base/tree_path.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace treecast::client {

namespace json = boost::json;

namespace {

constexpr std::size_t cursor_bytes_max = 256;

/// Ends the decoding; caught in this file only.
struct Defect {
    std::string reason;
};

const json::value& member(const json::object& object, const char* name) {
    const auto* const value = object.if_contains(name);
    if (value == nullptr)
        throw Defect{std::string("lacks the member '") + name + '\''};
    return *value;
}

[[noreturn]] void refuse_member(const char* name) {
    throw Defect{std::string("has a member '") + name + "' that is none of a feed"};
}

std::string_view text_member(const json::object& object, const char* name) {
    const auto* const text = member(object, name).if_string();
    if (text == nullptr)
        refuse_member(name);
    return {text->data(), text->size()};
}

bool flag_member(const json::object& object, const char* name) {
    const auto* const flag = member(object, name).if_bool();
    if (flag == nullptr)
        refuse_member(name);
    return *flag;
}

/// A number of exactly `text.size()` digits.
std::optional<unsigned> digits(std::string_view text, int base = 10) {
    unsigned number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number, base);
    if (error != std::errc() || stopped != end)
        return std::nullopt;
    return number;
}

/// `YYYY-MM-DDTHH:MM:SS.NNNNNNNNNZ`
std::optional<FileTime> parse_mtime(std::string_view text) {
    using namespace std::chrono;
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.dddddddddZ";
    const auto fits = [](char c, char wanted) {
        return wanted == 'd' ? c >= '0' && c <= '9' : c == wanted;
    };
    if (!std::ranges::equal(text, form, fits))
        return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t length) {
        return *digits(text.substr(at, length));
    };
    const year_month_day date{
        year(static_cast<int>(number(0, 4))),
        month(number(5, 2)),
        day(number(8, 2))};
    if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59)
        return std::nullopt;
    const auto time = sys_seconds(sys_days(date)) + hours(number(11, 2)) + minutes(number(14, 2)) +
                      seconds(number(17, 2));
    return FileTime{time.time_since_epoch().count(), number(20, 9)};
}

Version version_member(const json::object& object) {
    const auto version = parse_version(text_member(object, "version"));
    if (!version)
        refuse_member("version");
    return *version;
}

std::string reason_member(const json::object& object, const char* name) {
    const auto text = text_member(object, name);
    if (text.empty())
        refuse_member(name);
    return std::string(text);
}

void read_present(const json::object& object, FeedChange& change) {
    boost::system::error_code error;
    change.size = member(object, "size").to_number<std::uint64_t>(error);
    if (error || member(object, "size").is_double())
        refuse_member("size");
    if (!member(object, "mtime").is_null()) {
        change.mtime = parse_mtime(text_member(object, "mtime"));
        if (!change.mtime)
            refuse_member("mtime");
    }
    const auto mode_text = text_member(object, "mode");
    const auto mode = digits(mode_text, 8);
    if (mode_text.size() != 4 || !mode)
        refuse_member("mode");
    change.mode = static_cast<std::uint16_t>(*mode);
    if (!member(object, "sha256").is_null()) {
        change.sha256 = sha256_from_hex(text_member(object, "sha256"));
        if (!change.sha256)
            refuse_member("sha256");
    }
    if (object.contains("stale"))
        change.reason = reason_member(object, "stale");
}

FeedChange read_change(const json::value& value, FeedJson form) {
    const auto* const object = value.if_object();
    if (object == nullptr)
        throw Defect{"lists what is no object"};
    FeedChange change;
    change.path = text_member(*object, "path");
    if (!is_valid_path(change.path))
        throw Defect{"lists what is no path of a tree: '" + one_line(change.path) + '\''};
    change.version = version_member(*object);
    if (object->contains("deleted")) {
        if (!flag_member(*object, "deleted"))
            refuse_member("deleted");
        change.state = FeedChange::State::deleted;
    } else if (object->contains("unavailable")) {
        change.state = FeedChange::State::unavailable;
        change.reason = reason_member(*object, "unavailable");
    } else {
        read_present(*object, change);
    }
    if (form == FeedJson::keep)
        change.json = json::serialize(*object);
    return change;
}

std::string_view without_place(std::string_view cursor) {
    const auto first = cursor.find('.');
    return first == cursor.npos ? cursor : cursor.substr(0, cursor.find('.', first + 1));
}

bool is_cursor(std::string_view text) {
    const auto is_harmless = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
    };
    return text.size() <= cursor_bytes_max && std::ranges::all_of(text, is_harmless) &&
           parse_version(without_place(text)).has_value();
}

FeedAnswer read_answer(const json::value& value, FeedJson form) {
    const auto* const object = value.if_object();
    if (object == nullptr)
        throw Defect{"is no JSON object"};
    FeedAnswer answer;
    answer.instance = text_member(*object, "instance");
    answer.cursor = text_member(*object, "cursor");
    if (!is_cursor(answer.cursor))
        refuse_member("cursor");
    answer.reset = flag_member(*object, "reset");
    answer.same = flag_member(*object, "same");
    answer.more = flag_member(*object, "more");
    const auto* const changes = member(*object, "changes").if_array();
    if (changes == nullptr)
        refuse_member("changes");
    if (answer.same && (!answer.reset || answer.more || !changes->empty()))
        refuse_member("same");
    answer.changes.reserve(changes->size());
    for (const json::value& change : *changes)
        answer.changes.push_back(read_change(change, form));
    return answer;
}

}  // namespace

void throw_exception_from_error(const FeedFlaw& flaw, const boost::source_location&) {
    throw std::invalid_argument("the answer " + flaw.reason);
}

boost::system::result<FeedAnswer, FeedFlaw>
parse_feed_answer(std::string_view text, FeedJson form) {
    boost::system::error_code error;
    const auto value = json::parse({text.data(), text.size()}, error);
    if (error)
        return FeedFlaw{"is no JSON"};
    try {
        return read_answer(value, form);
    } catch (Defect& defect) {
        return FeedFlaw{std::move(defect.reason)};
    }
}

Version version_of_cursor(std::string_view cursor) {
    return parse_version(without_place(cursor)).value();
}

}  // namespace treecast::client
