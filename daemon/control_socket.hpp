// The daemon's Unix socket `control` in the object directory, for tools of the same user.
//
// One request a connection: the client writes `sync\n` and reads one line, the cursor
// `EPOCH.REVISION\n` once everything written before is published, or `error TEXT\n`.
#pragma once

#include "ipc/object_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <functional>
#include <memory>
#include <string>

namespace treecast::daemon {

/// Called once with the line to answer, without its newline.
using Answer = std::function<void(std::string)>;

class ControlSocket {
public:
    /// Replaces a socket that a dead daemon left. `sync` is called in the loop's thread for each
    /// request. Throws StartupError(configuration).
    ControlSocket(
        boost::asio::io_context& loop,
        const ipc::ObjectDirectory& objects,
        std::function<void(Answer)> sync
    );
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

private:
    void accept();
    const ipc::ObjectDirectory& objects_;
    std::function<void(Answer)> sync_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
};

}  // namespace treecast::daemon
