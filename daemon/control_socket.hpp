// The daemon's Unix socket `control` in the object directory, for tools of the same user.
//
// One request a connection, one line: a word, then arguments, percent-encoded, each after a blank.
//   sync [PATH]...    waits until what was written before is published, at and below the paths if
//                     there are any. Answered with the cursor, `EPOCH.REVISION`, and then a line
//                     `left REASON PATH DETAIL` for each path of which what is there now is not
//                     published (`.` is the root), `more COUNT` for those beyond the first 100; or
//                     `unknown PATH`; or `outside PATH ROOT`.
//   forget PATH       says that what is lost at PATH is meant to be gone. Answered as sync is, or
//                     `absent PATH` if nothing is lost there.
// The answer ends with a line break, after which the connection is closed. `error TEXT` answers
// everything else.
#pragma once

#include "ipc/object_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace treecast::daemon {

/// Called once with the lines to answer, without the last one's line break.
using Answer = std::function<void(std::string)>;
/// What answers to a word: its arguments, decoded.
using Command = std::function<void(const std::vector<std::string>& arguments, Answer)>;

class ControlSocket {
public:
    /// Replaces a socket that a dead daemon left. `commands`, by their words, are called in the
    /// loop's thread for each request. Throws StartupError(configuration).
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
    bool is_failing_ = false;  // since it was logged
};

}  // namespace treecast::daemon
