// Listening sockets: opened at start, one for each worker, proved to be ours alone.
#pragma once

#include "proxy/listen_address.hpp"

#include <treecast/unique_fd.hpp>

#include <string>
#include <vector>

namespace treecast::proxy {

/// One address as bound, and a non-blocking listening socket for each worker.
class Listener {
public:
    /// Throws StartupError(configuration) naming the address: taken, not ours, no permission. An
    /// exclusive bind proves the port free first, because a server that set SO_REUSEPORT would
    /// otherwise share it with us silently.
    Listener(const ListenAddress& address, unsigned workers);
    Listener(Listener&&) noexcept = default;
    Listener& operator=(Listener&&) = delete;
    /// Removes a Unix socket's file.
    ~Listener();

    const ListenAddress& address() const noexcept { return address_; }
    /// The socket of one worker; once.
    UniqueFd take(unsigned worker) { return std::move(sockets_[worker]); }

private:
    ListenAddress address_;
    std::string file_;  // of a Unix socket
    std::vector<UniqueFd> sockets_;
};

}  // namespace treecast::proxy
