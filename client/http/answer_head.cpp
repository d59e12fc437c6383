#include "client/http/answer_head.hpp"

#include <charconv>
#include <cstring>
#include <curl/curl.h>
#include <string>
#include <strings.h>

namespace treecast::client {

namespace {

bool is_name(std::string_view name, const char* wanted) {
    return name.size() == std::strlen(wanted) &&
           ::strncasecmp(name.data(), wanted, name.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == text.npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace

void add_head_line(Answer& answer, std::string_view line) {
    if (line.starts_with("HTTP/")) {
        answer = {};
        return;
    }
    const auto colon = line.find(':');
    if (colon == line.npos)
        return;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (is_name(name, "Treecast-Version")) {
        answer.version = value;
    } else if (is_name(name, "Treecast-SHA256")) {
        answer.sha256 = value;
    } else if (is_name(name, "ETag")) {
        answer.etag = value;
    } else if (is_name(name, "Last-Modified")) {
        const auto time = ::curl_getdate(std::string(value).c_str(), nullptr);
        if (time != -1)
            answer.mtime = time;
    } else if (is_name(name, "Retry-After")) {
        unsigned seconds = 0;
        const char* const end = value.data() + value.size();
        const auto [rest, error] = std::from_chars(value.data(), end, seconds);
        if (error == std::errc() && rest == end)  // the form with a date is not worth its trouble
            answer.retry_after = std::chrono::seconds(seconds);
    }
}

}  // namespace treecast::client
