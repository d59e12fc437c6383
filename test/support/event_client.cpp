#include "test/support/event_client.hpp"

#include "test/support/wrong_answer.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

#include <sys/socket.h>

namespace treecast::test {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

EventClient::EventClient(
    const HttpServer& server,
    const std::string& interest,
    const std::string& last_event_id,
    Files files
)
    : connection_(server), id_(last_event_id), id_buffer_(last_event_id), files_(std::move(files)) {
    HttpHeaders headers{{"Accept", "text/event-stream"}};
    if (!last_event_id.empty())
        headers.emplace_back("Last-Event-ID", last_event_id);
    connection_.send_request("GET", "/v1/events?" + interest, headers);
}

/// False at the deadline and at the end of the stream.
bool EventClient::receive_more(std::chrono::milliseconds deadline) {
    if (has_ended_ || !connection_.has_answer(std::max(deadline, std::chrono::milliseconds(0))))
        return false;
    const std::string bytes = connection_.receive_bytes();
    has_ended_ = bytes.empty();
    chunked_ += bytes;
    if (head_.empty()) {
        const auto end = chunked_.find("\r\n\r\n");
        if (end == chunked_.npos)
            return !has_ended_;
        head_ = chunked_.substr(0, end + 4);
        chunked_.erase(0, end + 4);
        if (!head_.starts_with("HTTP/1.1 200 "))
            throw WrongAnswer("the events were answered " + head_ + chunked_);
    }
    if (boost::algorithm::icontains(head_, "\r\ntransfer-encoding: chunked\r\n"))
        take_chunks();
    else
        unread_ += std::exchange(chunked_, {});
    return !has_ended_;
}

/// Proxies send in chunks what has no length.
void EventClient::take_chunks() {
    while (true) {
        const auto line_end = chunked_.find("\r\n");
        if (line_end == chunked_.npos)
            return;
        const std::size_t size = std::stoul(chunked_, nullptr, 16);
        const std::size_t begin = line_end + 2;
        if (chunked_.size() < begin + size + 2)
            return;
        unread_.append(chunked_, begin, size);
        chunked_.erase(0, begin + size + 2);
        has_ended_ = has_ended_ || size == 0;
    }
}

std::optional<ServerEvent> EventClient::next(std::chrono::milliseconds deadline) {
    const auto end = Clock::now() + deadline;
    while (true) {
        std::size_t line_end = 0;
        while (!head_.empty() && (line_end = unread_.find('\n')) != unread_.npos) {
            const std::string line = unread_.substr(0, line_end);
            unread_.erase(0, line_end + 1);
            if (auto event = take_line(line)) {
                apply(*event);
                return event;
            }
        }
        if (!receive_more(std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now())))
            return std::nullopt;
    }
}

std::optional<ServerEvent> EventClient::take_line(std::string_view line) {
    if (line.empty()) {
        id_ = id_buffer_;
        const std::string type = std::exchange(type_buffer_, {});
        std::string data = std::exchange(data_buffer_, {});
        if (data.empty())
            return std::nullopt;
        data.pop_back();
        return ServerEvent{type.empty() ? "message" : type, id_, data};
    }
    const auto colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value = colon == line.npos ? line.substr(0, 0) : line.substr(colon + 1);
    if (value.starts_with(' '))
        value.remove_prefix(1);
    if (colon == 0)
        ++comments_;
    else if (name == "event")
        type_buffer_ = value;
    else if (name == "data")
        data_buffer_.append(value).append("\n");
    else if (name == "id" && value.find('\0') == value.npos)
        id_buffer_ = value;
    else if (name == "retry")
        retry_ = value;
    return std::nullopt;
}

void EventClient::apply(const ServerEvent& event) {
    if (event.type == "reset")
        files_.clear();
    if (event.type != "change" && event.type != "delete")
        return;
    json::object file = json::parse(event.data).as_object();
    const std::string path(file.at("path").as_string());
    file.erase("path");
    if (event.type == "delete")
        files_.erase(path);
    else
        files_[path] = std::move(file);
}

std::string EventClient::next_word(std::chrono::milliseconds deadline) {
    const auto event = next(deadline);
    if (!event)
        return {};
    if (event->type != "change" && event->type != "delete")
        return event->type;
    const std::string path(json::parse(event->data).at("path").as_string());
    return event->type == "delete" ? '[' + path + ']' : path;
}

std::string EventClient::next_until_ready() {
    std::string words;
    while (true) {
        const std::string word = next_word();
        if (word.empty())
            return words;
        words += (words.empty() ? "" : " ") + word;
        if (word == "ready")
            return words;
    }
}

}  // namespace treecast::test
