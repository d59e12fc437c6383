#include "bench/floor.hpp"

#include "base/scheduling.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <mqueue.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::bench {

namespace {

constexpr std::size_t head_bytes_max = 1024;
constexpr std::size_t version_bytes = 33;  // EPOCH.REVISION

int checked(int result, const char* what) {
    if (result < 0)
        throw std::system_error(errno, std::system_category(), what);
    return result;
}

std::string version_of(std::uint64_t revision) {
    return "0123456789abcdef." + std::to_string(revision);
}

}  // namespace

Floor::Floor(std::filesystem::path file, Form form)
    : file_(std::move(file)),
      form_(form),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll")),
      listener_(checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket")
      ),
      inotify_(checked(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC), "inotify")) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    checked(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), length), "bind");
    checked(::listen(listener_.get(), SOMAXCONN), "listen");
    checked(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length), "name");
    port_ = ntohs(address.sin_port);
    checked(
        ::inotify_add_watch(inotify_.get(), file_.parent_path().c_str(), IN_MOVED_TO),
        "inotify_add_watch"
    );
    watch(listener_.get(), EPOLLIN);
    watch(inotify_.get(), EPOLLIN);
    load();
}

void Floor::watch(int descriptor, std::uint32_t events, int operation) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    checked(::epoll_ctl(epoll_.get(), operation, descriptor, &event), "epoll_ctl");
}

void Floor::load() {
    ++revision_;
    const UniqueFd file(checked(::open(file_.c_str(), O_RDONLY | O_CLOEXEC), "open"));
    load(file.get());
}

void Floor::load(int file) {
    struct stat status {};
    checked(::fstat(file, &status), "fstat");
    const auto size = static_cast<std::size_t>(status.st_size);
    std::array<char, 64> date{};
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::strftime(date.data(), date.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    version_ = version_of(revision_);
    if (form_ == Form::events)
        return word_event(status, date.data());
    response_.resize(head_bytes_max + size);
    const int head = std::snprintf(
        response_.data(),
        head_bytes_max,
        "HTTP/1.1 200 OK\r\nDate: %s\r\nCache-Control: public, max-age=5\r\n"
        "X-Content-Type-Options: nosniff\r\nContent-Length: %zu\r\nETag: \"%032llu\"\r\n"
        "Treecast-Version: %s\r\nTreecast-SHA256: %064llu\r\nLast-Modified: %s\r\n"
        "Content-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\n\r\n",
        date.data(),
        size,
        static_cast<unsigned long long>(revision_),
        version_.c_str(),
        static_cast<unsigned long long>(revision_),
        date.data()
    );
    std::size_t filled = static_cast<std::size_t>(head);
    response_.resize(filled + size);
    while (filled < response_.size()) {
        const ssize_t n = ::read(file, response_.data() + filled, response_.size() - filled);
        if (checked(static_cast<int>(n), "read") == 0)
            break;
        filled += static_cast<std::size_t>(n);
    }
}

/// As long as Treecast's of a file whose content nobody has read.
void Floor::word_event(const struct stat& status, const char* date) {
    response_ = "id: " + version_ + "\nevent: change\ndata: {\"path\":\"0\",\"version\":\"" +
                version_ + "\",\"size\":" + std::to_string(status.st_size) + ",\"mtime\":\"" +
                std::string(date).append(30, ' ').substr(0, 30) +
                "\",\"mode\":\"0644\",\"sha256\":null}\n\n";
}

void Floor::divide(const std::filesystem::path& segments) {
    safe_copy_.emplace(file_, segments);
    divide();
}

void Floor::divide() {
    if (const auto error = ask_for_short_slices())  // as Treecast does
        throw std::system_error(error.value(), std::system_category(), "sched_setattr");
    const std::string name = "/treecast.floor." + std::to_string(::getpid());
    mq_attr attributes{};
    attributes.mq_maxmsg = 10;
    attributes.mq_msgsize = 32;
    queue_ = UniqueFd(checked(
        ::mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attributes),
        "mq_open"
    ));
    ::mq_unlink(name.c_str());
    void* const memory = ::mmap(
        nullptr,
        sizeof(Shared),
        PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
        -1,
        0
    );
    if (memory == MAP_FAILED)
        throw std::system_error(errno, std::system_category(), "mmap");
    shared_ = static_cast<Shared*>(memory);
    const pid_t parent = ::getpid();
    if (checked(::fork(), "fork") == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() == parent)
            run_reader();
        ::_exit(0);
    }
    watch(inotify_.get(), 0, EPOLL_CTL_DEL);
    watch(queue_.get(), EPOLLIN);
}

void Floor::run_reader() {
    const UniqueFd epoll(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll"));
    epoll_event event{};
    event.events = EPOLLIN;
    checked(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, inotify_.get(), &event), "epoll_ctl");
    for (;;) {
        ::epoll_wait(epoll.get(), &event, 1, -1);
        take_change();
    }
}

/// The other process has read the file.
void Floor::take_message() {
    std::array<char, 32> message{};
    while (::mq_receive(queue_.get(), message.data(), message.size(), nullptr) >= 0) {
    }
    revision_ = shared_->revision;
    if (safe_copy_) {
        load(safe_copy_->open(revision_).get());
    } else {
        version_ = version_of(revision_);
        response_.assign(shared_->response.data(), shared_->bytes);
    }
    push();
}

void Floor::run() {
    std::array<epoll_event, 512> events{};
    for (;;) {
        const int count =
            ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.fd == listener_.get())
                accept_all();
            else if (event.data.fd == inotify_.get())
                take_change();
            else if (event.data.fd == queue_.get())
                take_message();
            else if ((event.events & EPOLLOUT) != 0)
                send(event.data.fd, unsent_[static_cast<std::size_t>(event.data.fd)]);
            else
                read_request(event.data.fd);
        }
    }
}

void Floor::accept_all() {
    for (;;) {
        const int socket =
            ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket < 0)
            return;
        const int on = 1;
        checked(::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "setsockopt");
        if (unsent_.size() <= static_cast<std::size_t>(socket))
            unsent_.resize(static_cast<std::size_t>(socket) + 1);
        watch(socket, EPOLLIN);
    }
}

void Floor::take_change() {
    if (safe_copy_)
        return take_change_safely();
    alignas(inotify_event) std::array<char, 4096> events{};
    while (::read(inotify_.get(), events.data(), events.size()) > 0) {
    }
    load();
    if (!queue_)
        return push();
    shared_->revision = revision_;
    shared_->bytes = response_.copy(shared_->response.data(), shared_->response.size());
    ring();
}

void Floor::take_change_safely() {
    alignas(inotify_event) std::array<char, 4096> events{};
    if (::read(inotify_.get(), events.data(), events.size()) <= 0)
        return;
    ++revision_;
    while (!safe_copy_->make(inotify_.get(), revision_)) {
    }
    shared_->revision = revision_;
    ring();
    safe_copy_->tidy(revision_ - 1);
}

void Floor::ring() {
    const std::array<char, 32> message{};
    ::mq_send(queue_.get(), message.data(), message.size(), 0);
}

/// One request at a time, in one piece.
void Floor::read_request(int socket) {
    std::array<char, 4096> bytes{};
    const ssize_t n = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (n <= 0)
        return close(socket);
    const std::string_view request(bytes.data(), static_cast<std::size_t>(n));
    if (form_ == Form::events) {
        constexpr std::string_view head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
        ::send(socket, head.data(), head.size(), MSG_NOSIGNAL);
        parked_.push_back(socket);
        return send(socket, 0);
    }
    constexpr std::string_view parameter = "after=";
    const auto after = request.find(parameter);
    if (after != request.npos &&
        request.substr(after + parameter.size(), version_bytes) == version_)
        parked_.push_back(socket);
    else
        send(socket, 0);
}

void Floor::push() {
    for (const int socket : parked_)
        send(socket, 0);
    if (form_ == Form::answers)
        parked_.clear();
}

void Floor::send(int socket, std::size_t from) {
    const ssize_t n =
        ::send(socket, response_.data() + from, response_.size() - from, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        return;  // what ended is read as its end
    const std::size_t sent = from + (n < 0 ? 0 : static_cast<std::size_t>(n));
    if (sent < response_.size()) {
        unsent_[static_cast<std::size_t>(socket)] = sent;
        watch(socket, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    } else if (from != 0) {
        watch(socket, EPOLLIN, EPOLL_CTL_MOD);
    }
}

void Floor::close(int socket) {
    std::erase(parked_, socket);
    ::close(socket);
}

}  // namespace treecast::bench
