#include "test/unit/client/fake_tree.hpp"

#include "base/sha256.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <netinet/in.h>

#include <sys/socket.h>

namespace treecast::test {

namespace {

std::string etag_of(const std::string& content) {
    return '"' + to_hex(sha256_of(content)) + '"';
}

/// What stands between `begin` and `end` in `text`; "" if `begin` is not there.
std::string between(const std::string& text, const std::string& begin, const char* end) {
    const auto at = text.find(begin);
    if (at == text.npos)
        return {};
    const auto from = at + begin.size();
    return text.substr(from, text.find_first_of(end, from) - from);
}

std::string bodiless(const std::string& status, Version version) {
    return "HTTP/1.1 " + status + "\r\nTreecast-Version: " + to_string(version) +
           (status.starts_with("304") ? "\r\n\r\n" : "\r\nContent-Length: 0\r\n\r\n");
}

void send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

}  // namespace

std::string file_answer(const std::string& content, Version version, std::size_t announced_bytes) {
    return "HTTP/1.1 200 OK\r\nETag: " + etag_of(content) +
           "\r\nTreecast-Version: " + to_string(version) +
           "\r\nTreecast-SHA256: " + to_hex(sha256_of(content)) +
           "\r\nLast-Modified: Sat, 31 Jan 2026 12:00:00 GMT\r\nContent-Length: " +
           std::to_string(announced_bytes) + "\r\n\r\n" + content;
}

FakeTree::FakeTree() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, length) != 0 || ::listen(listener_.get(), 64) != 0 ||
        ::getsockname(listener_.get(), generic, &length) != 0)
        throw std::runtime_error("the fake tree cannot listen");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] {
        accept_connections();
    });
}

FakeTree::~FakeTree() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const auto& connection : connections_)
            ::shutdown(connection.get(), SHUT_RDWR);
    }
    changed_.notify_all();
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : threads_)
        thread.join();
}

std::string FakeTree::url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + '/' + path;
}

void FakeTree::put(const std::string& path, const std::string& content) {
    const std::lock_guard lock(mutex_);
    files_[path] = {content, ++revision_};
    changed_.notify_all();
}

void FakeTree::remove(const std::string& path) {
    const std::lock_guard lock(mutex_);
    files_[path] = {std::nullopt, ++revision_};
    changed_.notify_all();
}

void FakeTree::begin_epoch() {
    const std::lock_guard lock(mutex_);
    ++epoch_;
    changed_.notify_all();
}

void FakeTree::misbehave_once(std::string bytes) {
    const std::lock_guard lock(mutex_);
    misbehaviour_.push_back(std::move(bytes));
    changed_.notify_all();
}

void FakeTree::stop_holding() {
    const std::lock_guard lock(mutex_);
    holding_ = false;
    changed_.notify_all();
}

std::vector<std::string> FakeTree::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

std::size_t FakeTree::held_polls() const {
    const std::lock_guard lock(mutex_);
    return held_polls_;
}

void FakeTree::accept_connections() {
    while (true) {
        UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        const std::lock_guard lock(mutex_);
        if (!socket || stopping_)
            return;
        const int descriptor = socket.get();
        connections_.push_back(std::move(socket));  // closed with the tree
        threads_.emplace_back([this, descriptor] {
            serve(descriptor);
        });
    }
}

void FakeTree::serve(int socket) {
    std::string received;
    while (true) {
        const auto end = received.find("\r\n\r\n");
        if (end == received.npos) {
            std::array<char, 4096> buffer{};
            const auto bytes = ::recv(socket, buffer.data(), buffer.size(), 0);
            if (bytes <= 0)
                return;
            received.append(buffer.data(), static_cast<std::size_t>(bytes));
            continue;
        }
        const std::string head = received.substr(0, end + 4);
        received.erase(0, end + 4);
        std::unique_lock lock(mutex_);
        requests_.push_back(head);
        hold_if_asked(head, lock);
        const bool misbehaves = !misbehaviour_.empty();
        const std::string bytes = misbehaves ? misbehaviour_.front() : answer(head);
        if (misbehaves)
            misbehaviour_.pop_front();
        lock.unlock();
        send_all(socket, bytes);
        if (misbehaves) {
            ::shutdown(socket, SHUT_RDWR);
            return;
        }
    }
}

bool FakeTree::has_news(const std::string& path, const std::string& after) const {
    const auto version = parse_version(after);
    const auto file = files_.find(path);
    return !version || version->epoch != epoch_ ||
           (file != files_.end() && file->second.revision > version->revision);
}

std::string FakeTree::state_of(const std::string& path, const std::string& known_etag) const {
    const auto file = files_.find(path);
    if (file == files_.end())
        return bodiless("404 Not Found", {epoch_, 1});
    const Version version{epoch_, file->second.revision};
    if (!file->second.content)
        return bodiless("404 Not Found", version);
    if (etag_of(*file->second.content) == known_etag)
        return bodiless("304 Not Modified", version);
    return file_answer(*file->second.content, version, file->second.content->size());
}

void FakeTree::hold_if_asked(const std::string& head, std::unique_lock<std::mutex>& lock) {
    const std::string path = between(head, "/v1/files/", "? ");
    const std::string after = between(head, "after=", "& ");
    const std::string wait = between(head, "wait=", "& ");
    if (after.empty() || wait.empty())
        return;
    ++held_polls_;
    changed_.wait_for(lock, std::chrono::seconds(std::stoi(wait)), [&] {
        return stopping_ || !holding_ || !misbehaviour_.empty() || has_news(path, after);
    });
    --held_polls_;
}

std::string FakeTree::answer(const std::string& head) const {
    return state_of(between(head, "/v1/files/", "? "), between(head, "If-None-Match: ", "\r"));
}

}  // namespace treecast::test
