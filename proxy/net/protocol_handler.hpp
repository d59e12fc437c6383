// What a connection needs of the protocol that is spoken on it. One thread.
//
// A worker has one object for each protocol. All its connections share it, so it keeps nothing of
// any of them.
#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/net/response.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace treecast::proxy {

class Connection;

/// What the bytes that a connection has received are.
struct Step {
    enum class Kind : std::uint8_t {
        need_more,  // they may become a request
        request,    // they begin with one, which hand_over() is for
        refuse,     // they cannot become one, whatever comes: see refusal()
    };
    Kind kind = Kind::need_more;
    Persistence persistence = Persistence::implied;  // of a request
    bool has_unread_body = false;  // of a request: what follows it is not for us to read
    std::size_t consumed = 0;      // bytes at the front that are done with
    /// need_more: nothing can be said of fewer bytes than these, as far as that is known.
    std::size_t bytes_needed = 0;
    /// need_more: is sent at once, since the peer may wait for it (100 Continue).
    std::string_view interim{};
};

/// Why the connection cannot go on.
enum class Refusal : std::uint8_t {
    malformed,  // next() says so
    timed_out,  // the request has begun and was not finished in time
    truncated,  // the peer has ended its half inside a request, or before one
};

class ProtocolHandler {
public:
    struct Rules {
        /// For how long a connection may be silent between requests.
        Clock::duration idle_timeout{};
        /// A connection is for one request, which begins with the connection. Its peer may go on
        /// sending what nobody reads.
        bool is_single_request = false;
    };

    ProtocolHandler(const ProtocolHandler&) = delete;
    ProtocolHandler& operator=(const ProtocolHandler&) = delete;

    const Rules& rules() const noexcept { return rules_; }
    /// What `bytes`, all that are unread, begin with. Called again when more have come.
    virtual Step next(std::string_view bytes) = 0;
    /// Answers the request that next() has just returned, or holds it: calls respond() or hold()
    /// of this connection and of no other.
    virtual void hand_over(Connection& connection) = 0;
    /// The last answer to such a peer; nullopt: it is owed none.
    virtual std::optional<Response> refusal(Refusal why) = 0;

protected:
    explicit ProtocolHandler(const Rules& rules) noexcept : rules_(rules) {}
    ~ProtocolHandler() = default;

private:
    const Rules rules_;
};

}  // namespace treecast::proxy
