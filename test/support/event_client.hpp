// A client of /v1/events that parses what it receives as WHATWG HTML, 9.2.6 says. One thread.
#pragma once

#include "test/support/http_client.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::test {

struct ServerEvent {
    std::string type;
    std::string id;  // that of the stream when the event came; events without one keep it
    std::string data;
};

class EventClient {
public:
    /// Each file's object without its path.
    using Files = std::map<std::string, boost::json::object>;

    /// Sends the request. `interest`: parameters such as "prefix=conf/&path=a". `last_event_id`: of
    /// the field, if it is not empty. `files`: what the events before it led to.
    EventClient(
        const HttpServer& server,
        const std::string& interest,
        const std::string& last_event_id = {},
        Files files = {}
    );

    /// The next event; nullopt when none came in time, or at the end of the stream. Throws
    /// WrongAnswer on an answer other than 200.
    std::optional<ServerEvent> next(std::chrono::milliseconds deadline = patience);
    /// What comes until `ready`, and that, as "reset a b [c] ready": types of events about the
    /// state, and the paths of the others, those of deleted files in brackets. Without `ready` if
    /// that did not come.
    std::string next_until_ready();
    /// The next event in the same form; empty if none came in time.
    std::string next_word(std::chrono::milliseconds deadline = patience);

    const std::string& head() const noexcept { return head_; }
    const std::string& last_event_id() const noexcept { return id_; }
    /// The value of the last `retry`; empty before one came.
    const std::string& retry() const noexcept { return retry_; }
    bool has_ended() const noexcept { return has_ended_; }
    unsigned comments() const noexcept { return comments_; }
    /// What the events so far lead to.
    const Files& files() const noexcept { return files_; }
    HttpConnection& connection() noexcept { return connection_; }

private:
    bool receive_more(std::chrono::milliseconds deadline);
    void take_chunks();
    std::optional<ServerEvent> take_line(std::string_view line);
    void apply(const ServerEvent& event);

    HttpConnection connection_;
    std::string head_;
    std::string chunked_;  // received, with the framing of chunks: what is whole goes to unread_
    std::string unread_;
    std::string id_;  // the last event id of the stream
    std::string id_buffer_;
    std::string type_buffer_;
    std::string data_buffer_;
    std::string retry_;
    unsigned comments_ = 0;
    bool has_ended_ = false;
    Files files_;
};

}  // namespace treecast::test
