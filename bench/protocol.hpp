// How subscribers and the one who publishes speak to a server. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::bench {

/// What stands at the front of what a subscriber received.
struct Head {
    enum class Kind {
        incomplete,  // more must come first
        content,     // a new version's bytes follow
        notice,      // there is a new version; its bytes do not follow
        nothing,     // the server's small talk
        ended,       // a wait without news: ask again
    };
    Kind kind = Kind::incomplete;
    std::size_t bytes = 0;          // of the head
    std::size_t body_bytes = 0;     // that follow it
    std::size_t trailer_bytes = 0;  // that follow the body
    std::string_view reply{};       // to be sent at once
};

class Protocol {
public:
    Protocol() = default;
    Protocol(const Protocol&) = delete;
    Protocol& operator=(const Protocol&) = delete;
    virtual ~Protocol() = default;

    /// What a subscriber of `file` sends to get its next version; empty if it need not ask.
    virtual std::string ask(std::uint32_t file, bool first) = 0;
    /// Whether the first request is answered by the newest version there is.
    virtual bool keeps_newest() const { return true; }
    /// Throws for what no server should say here.
    virtual Head read_head(std::string_view bytes, std::uint32_t file) = 0;
    /// Makes everything ready, so that publish() is the one step that subscribers wait for.
    virtual void prepare(std::uint32_t file, std::string_view content) = 0;
    virtual void publish() = 0;
};

/// Files 0, 1, ... in `directory`, served by Treecast or the floor at 127.0.0.1:`port`; published
/// by renaming a file over the old one.
std::unique_ptr<Protocol>
file_protocol(std::uint16_t port, std::uint32_t files, const std::string& directory);
/// The same by events, a stream for each connection.
std::unique_ptr<Protocol>
events_protocol(std::uint16_t port, std::uint32_t files, const std::string& directory);
/// The same by held requests for the JSON of the change feed.
std::unique_ptr<Protocol>
feed_protocol(std::uint16_t port, std::uint32_t files, const std::string& directory);
/// nginx with nchan: long-polls at /sub/FILE, published by POST to /pub/FILE.
std::unique_ptr<Protocol> nchan_protocol(std::uint16_t port, std::uint32_t files);
/// Core NATS: subjects f.FILE.
std::unique_ptr<Protocol> nats_protocol(std::uint16_t port);

/// What stands between `before`, where that comes first, and the next `behind` or the end; empty if
/// `before` is not there.
std::string_view
text_between(std::string_view text, std::string_view before, std::string_view behind);
/// A connection to 127.0.0.1:`port` that blocks; from an address of 127.1.0.0/24 that `number`
/// chooses, so that ports do not run out.
int connect_to(std::uint16_t port, std::uint32_t number);
void send_all(int socket, std::string_view bytes);

}  // namespace treecast::bench
