// The interface of a protocol for its connections. One thread.
//
// A worker has one object for each protocol, which all its connections share. So it keeps no state
// of a connection, except the request between next() and hand_over().
#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/net/response.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace treecast::proxy {

class Connection;

/// What the received bytes of a connection are.
struct Step {
    enum class Kind : std::uint8_t {
        need_more,  // more bytes may make them a request
        request,    // they begin with a request, which hand_over() answers
        refuse,     // no further bytes can make them a request: see refusal()
    };
    Kind kind = Kind::need_more;
    Persistence persistence = Persistence::implied;  // of a request
    bool has_unread_body = false;  // of a request: a body follows that is not read
    std::size_t consumed = 0;      // bytes at the front that are processed
    /// need_more: fewer bytes than these are not enough; 0 if that is not known.
    std::size_t bytes_needed = 0;
    /// need_more: to be sent at once, since the peer may wait for it (100 Continue).
    std::string_view interim{};
};

/// Why the connection cannot be kept.
enum class Refusal : std::uint8_t {
    malformed,  // next() refused the bytes
    timed_out,  // the request has begun and was not complete in time
    truncated,  // the peer has shut down its half inside or before a request
};

class ProtocolHandler {
public:
    struct Rules {
        /// How long a connection may be silent between requests.
        Clock::duration idle_timeout{};
        /// A connection carries one request, which begins with the connection. Its peer may send
        /// more bytes, which nobody reads.
        bool is_single_request = false;
    };

    ProtocolHandler(const ProtocolHandler&) = delete;
    ProtocolHandler& operator=(const ProtocolHandler&) = delete;

    const Rules& rules() const noexcept { return rules_; }
    /// Parses the beginning of `bytes`, which are all unread bytes. Called again when more have
    /// arrived.
    virtual Step next(std::string_view bytes) = 0;
    /// Answers or holds the request that next() has just returned. Calls respond() or hold() of
    /// this connection and of no other.
    virtual void hand_over(Connection& connection) = 0;
    /// The last answer before the connection ends; nullopt if none is sent.
    virtual std::optional<Response> refusal(Refusal why) = 0;

protected:
    explicit ProtocolHandler(const Rules& rules) noexcept : rules_(rules) {}
    ~ProtocolHandler() = default;

private:
    const Rules rules_;
};

}  // namespace treecast::proxy
