#include "proxy/net/socket_set.hpp"

#include <algorithm>

namespace treecast::proxy {

SocketSet::SocketSet(boost::asio::io_context& context) : set_(context.get_executor()) {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set < 0)
        throw boost::system::system_error(last_system_error(), "epoll_create1");
    set_.assign(set);
    wait();
}

ErrorCode SocketSet::add(int socket, Member& member) noexcept {
    return enter(EPOLL_CTL_ADD, socket, member, EPOLLIN);
}

ErrorCode SocketSet::watch_output(int socket, Member& member) noexcept {
    return enter(EPOLL_CTL_MOD, socket, member, EPOLLIN | EPOLLOUT);
}

ErrorCode SocketSet::enter(int operation, int socket, Member& member, unsigned events) noexcept {
    epoll_event event{};
    event.events = events | EPOLLPRI | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &member;
    if (::epoll_ctl(set_.native_handle(), operation, socket, &event) != 0)
        return last_system_error();
    return {};
}

void SocketSet::forget(const Member& member) noexcept {
    for (std::size_t i = next_; i < end_; ++i)
        if (events_[i].data.ptr == &member)
            events_[i].data.ptr = nullptr;
}

void SocketSet::wait() {
    set_.async_wait(set_.wait_read, [this](const boost::system::error_code& error) {
        if (error)
            return;
        notify_members();
        wait();
    });
}

void SocketSet::notify_members() {
    const int count =
        ::epoll_wait(set_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
    end_ = static_cast<std::size_t>(std::max(count, 0));
    for (next_ = 0; next_ < end_;) {
        const epoll_event& event = events_[next_++];
        if (event.data.ptr == nullptr)
            continue;
        const auto has = [&event](unsigned bits) {
            return (event.events & bits) != 0;
        };
        const Events events{
            .input = has(EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR),
            .urgent = has(EPOLLPRI),
            .end = has(EPOLLRDHUP | EPOLLHUP | EPOLLERR),
            .hangup = has(EPOLLHUP | EPOLLERR),
            .output = has(EPOLLOUT)};
        static_cast<Member*>(event.data.ptr)->ready(events);
    }
}

}  // namespace treecast::proxy
