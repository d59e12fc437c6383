// Parses what a proxy writes to the pipe of `--ready-fd`, as it arrives. Pure.
//
// One line for each listener: those of --listen in their order as `http://ADDR:PORT/` or
// `unix:PATH`, then those of --getfile and --getfile-legacy as `getfile://ADDR:PORT/`,
// `getfile+unix:PATH`, `getfile-legacy://...`; an empty line once it is ready for the first time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace treecast::client {

class ReadyReport {
public:
    void append(std::string_view bytes);
    /// Whether the empty line has arrived. Only then is the list of listeners complete.
    bool ready() const noexcept { return ready_; }
    const std::vector<std::string>& listeners() const noexcept { return listeners_; }

private:
    std::string partial_;
    std::vector<std::string> listeners_;
    bool ready_ = false;
};

/// Whether it is an HTTP listener.
bool is_http(std::string_view listener);

/// The argument that opens this listener again: `--listen=127.0.0.1:80` for `http://127.0.0.1:80/`,
/// `--getfile=unix:PATH` for `getfile+unix:PATH`.
std::string listen_argument(std::string_view listener);

/// What `serve` prints once the tree can be used: "serving DIRECTORY on ..." with the listeners of
/// HTTP, and a line for each other listener. A script that reads only the first line finds HTTP's.
std::string ready_text(std::string_view directory, const std::vector<std::string>& listeners);

}  // namespace treecast::client
