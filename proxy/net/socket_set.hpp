// The sockets of one worker's connections, in one epoll set.
//
// Edge-triggered (epoll(7)): a socket is entered once and each of its changes is told once, so that
// waiting for the next one costs no system call. Who is told reads, or writes, until the socket has
// no more. Asio waits for the set as a whole. One thread.
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
        bool input = false;   // there may be something to read, if only the end
        bool urgent = false;  // some of it is marked urgent (MSG_OOB)
        bool end = false;     // the peer sends no more than what is to be read now
        bool hangup = false;  // nor does it receive, or the connection is broken
        bool output = false;  // takes more again
    };

    class Member {
    public:
        virtual void ready(Events events) = 0;

    protected:
        ~Member() = default;
    };

    explicit SocketSet(boost::asio::io_context& context);

    /// From now on `member` is told of the socket's input, at once if there is some. Closing the
    /// socket is enough to leave, after forget().
    ErrorCode add(int socket, Member& member) noexcept;
    /// From now on it is told of output too, at once if the socket takes some.
    ErrorCode watch_output(int socket, Member& member) noexcept;
    /// `member` is not called any more.
    void forget(const Member& member) noexcept;

private:
    static constexpr std::size_t events_per_turn = 64;

    ErrorCode enter(int operation, int socket, Member& member, unsigned events) noexcept;
    void wait();
    void tell();

    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
    std::array<epoll_event, events_per_turn> events_{};
    std::size_t next_ = 0;  // the events from here to end_ are still to be told
    std::size_t end_ = 0;
};

}  // namespace treecast::proxy
