// The daemon's Unix socket `control` in the object directory, for tools of the same user.
//
// A connection carries one request of one line: a word, and arguments, percent-encoded, each after
// a blank.
//   sync [PATH]...    Waits until everything written before is published: at and below the paths,
//                     or everywhere if there are none. The answer is the cursor, `EPOCH.REVISION`.
//                     A line `left REASON PATH DETAIL` follows for each path whose present state is
//                     not published (`.` is the root), and `more COUNT` for those beyond the first
//                     100. Other answers: `unknown PATH`, `outside PATH ROOT`.
//   forget PATH       Declares what is lost at PATH deleted. The answer is that of sync, or
//                     `absent PATH` if nothing is lost there.
// All other requests are answered by `error TEXT`. The answer ends with a line break; then the
// connection is closed. A request above 1 MiB is closed without an answer.
#pragma once

#include "ipc/object_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace treecast::daemon {

/// Called once with the lines of the answer, without the last line break.
using Answer = std::function<void(std::string)>;
/// Executes a request. The arguments are decoded.
using Command = std::function<void(const std::vector<std::string>& arguments, Answer)>;

class ControlSocket {
public:
    /// Replaces a socket that a dead daemon left. The loop's thread calls `commands`, which are
    /// keyed by their words. Throws StartupError(configuration).
    ControlSocket(
        boost::asio::io_context& loop,
        const ipc::ObjectDirectory& objects,
        std::map<std::string, Command> commands
    );
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

private:
    void accept();
    const ipc::ObjectDirectory& objects_;
    std::map<std::string, Command> commands_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    bool is_failing_ = false;  // accept() fails, and that is logged
};

}  // namespace treecast::daemon
