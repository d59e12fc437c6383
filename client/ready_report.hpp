// What a proxy writes to the pipe of `--ready-fd`, read as it arrives. Pure.
//
// One line for each listener, `http://ADDR:PORT/` or `unix:PATH`, in the order of its --listen
// options, then an empty line once it is ready for the first time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace treecast::client {

class ReadyReport {
public:
    void append(std::string_view bytes);
    /// Whether the empty line has come: only then are the listeners complete.
    bool ready() const noexcept { return ready_; }
    const std::vector<std::string>& listeners() const noexcept { return listeners_; }

private:
    std::string partial_;
    std::vector<std::string> listeners_;
    bool ready_ = false;
};

/// The value of --listen that gives this listener again: `http://127.0.0.1:80/` is
/// `127.0.0.1:80`, `unix:PATH` itself.
std::string listen_option(std::string_view listener);

}  // namespace treecast::client
