// Accepts the connections of one worker on one listening socket. One thread.
#pragma once

#include "base/unique_fd.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>

namespace treecast::proxy {

/// Who has made a listening socket.
enum class SocketOrigin : std::uint8_t {
    opened,
    inherited,  // from the supervisor, which gives it to the next process too
};

class Acceptor {
public:
    /// `accepted` gets each connection's non-blocking socket, in handlers of `context`.
    Acceptor(
        boost::asio::io_context& context,
        UniqueFd socket,
        SocketOrigin origin,
        std::function<void(UniqueFd)> accepted
    );

    void start() { wait(); }
    /// The worker will stop soon. Connections that are in the backlog of an inherited socket, or
    /// will be, are the next process's: none is accepted after this. Others are accepted as before.
    void leave();
    /// Accepts the connections that are already in the backlog (up to a limit), which closing the
    /// socket would reset. Accepts none after that. An inherited socket is left as leave() does.
    void stop();

private:
    void wait();
    void accept_some();
    bool accept_one();
    void back_off(int error);

    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> socket_;
    const SocketOrigin origin_;
    boost::asio::steady_timer pause_;
    std::function<void(UniqueFd)> accepted_;
    int reported_error_ = 0;  // logged once, until a connection is accepted again
    bool stopped_ = false;
};

}  // namespace treecast::proxy
