// The sockets of one worker's connections, in one epoll set.
//
// It is edge-triggered (epoll(7)): a socket is added once, and each change is reported once, so
// waiting for the next change costs no system call. A member that is notified reads or writes until
// the socket blocks. Asio waits for the set as a whole. One thread.
#pragma once

#include "base/error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstddef>

#include <sys/epoll.h>

namespace treecast::proxy {

class SocketSet {
public:
    struct Events {
        bool input = false;   // there may be input; the end counts as input
        bool urgent = false;  // some of it is marked urgent (MSG_OOB)
        bool end = false;     // the peer sends nothing after the present input
        bool hangup = false;  // the peer does not receive either, or the connection is broken
        bool output = false;  // the socket accepts output again
    };

    class Member {
    public:
        virtual void ready(Events events) = 0;

    protected:
        ~Member() = default;
    };

    explicit SocketSet(boost::asio::io_context& context);

    /// Notifies `member` of the socket's input from now on, at once if there is some. To leave the
    /// set, call forget() and close the socket.
    ErrorCode add(int socket, Member& member) noexcept;
    /// Notifies it of output too, at once if the socket accepts some.
    ErrorCode watch_output(int socket, Member& member) noexcept;
    /// `member` is not called any more.
    void forget(const Member& member) noexcept;

private:
    static constexpr std::size_t events_per_turn = 64;

    ErrorCode enter(int operation, int socket, Member& member, unsigned events) noexcept;
    void wait();
    void notify_members();

    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
    std::array<epoll_event, events_per_turn> events_{};
    std::size_t next_ = 0;  // the events from here to end_ were not reported yet
    std::size_t end_ = 0;
};

}  // namespace treecast::proxy
