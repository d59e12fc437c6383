#include "bench/protocol.hpp"

#include "base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace treecast::bench {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::system_category(), what);
}

/// Held HTTP polls, whatever the condition is that holds them.
class HeldPolls : public Protocol {
public:
    Head read_head(std::string_view bytes, std::uint32_t file) override {
        const auto end = bytes.find("\r\n\r\n");
        if (end == bytes.npos)
            return {};
        const auto head = bytes.substr(0, end + 2);
        const auto status = head.substr(head.find(' ') + 1, 3);
        const auto length = text_between(head, "\r\nContent-Length: ", "\r\n");
        Head result{.kind = Head::Kind::content, .bytes = end + 4};
        std::from_chars(length.data(), length.data() + length.size(), result.body_bytes);
        if (status == "200")
            learn(file, head);
        else if (status == "304" || status == "204")
            result.kind = Head::Kind::ended;
        else
            throw std::runtime_error("the server answered " + std::string(bytes.substr(0, end)));
        return result;
    }

private:
    virtual void learn(std::uint32_t file, std::string_view head) = 0;
};

class FilePolls final : public HeldPolls {
public:
    FilePolls(std::uint16_t port, std::uint32_t files, std::string directory)
        : host_("127.0.0.1:" + std::to_string(port)),
          directory_(std::move(directory)),
          versions_(files) {}

    std::string ask(std::uint32_t file, bool first) override {
        std::string request = "GET /v1/files/" + std::to_string(file);
        if (!first)
            request += "?after=" + versions_[file] + "&wait=300";
        return request + " HTTP/1.1\r\nHost: " + host_ + "\r\n\r\n";
    }

    void prepare(std::uint32_t file, std::string_view content) override {
        path_ = directory_ + '/' + std::to_string(file);
        beside_ = directory_ + "/." + std::to_string(file) + ".new";
        const UniqueFd out(::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        for (std::size_t written = 0; written < content.size();) {
            const ssize_t n =
                ::write(out.get(), content.data() + written, content.size() - written);
            if (n < 0)
                fail(beside_);
            written += static_cast<std::size_t>(n);
        }
    }

    void publish() override {
        if (std::rename(beside_.c_str(), path_.c_str()) != 0)
            fail(path_);
    }

private:
    void learn(std::uint32_t file, std::string_view head) override {
        versions_[file] = text_between(head, "\r\nTreecast-Version: ", "\r\n");
    }

    std::string host_;
    std::string directory_;
    std::vector<std::string> versions_;
    std::string path_;
    std::string beside_;
};

class NchanPolls final : public HeldPolls {
public:
    NchanPolls(std::uint16_t port, std::uint32_t files)
        : conditions_(files), publisher_(connect_to(port, 0)) {}

    std::string ask(std::uint32_t file, bool first) override {
        return "GET /sub/" + std::to_string(file) + " HTTP/1.1\r\nHost: localhost\r\n" +
               (first ? std::string() : conditions_[file]) + "\r\n";
    }

    void prepare(std::uint32_t file, std::string_view content) override {
        std::array<char, 4096> answers{};  // to what was published before
        while (::recv(publisher_.get(), answers.data(), answers.size(), MSG_DONTWAIT) > 0) {
        }
        request_ = "POST /pub/" + std::to_string(file) +
                   " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
                   "Content-Length: " +
                   std::to_string(content.size()) + "\r\n\r\n";
        request_ += content;
    }

    void publish() override { send_all(publisher_.get(), request_); }

private:
    void learn(std::uint32_t file, std::string_view head) override {
        std::string& condition = conditions_[file];
        condition = "If-Modified-Since: ";
        condition += text_between(head, "\r\nLast-Modified: ", "\r\n");
        condition += "\r\nIf-None-Match: ";
        condition += text_between(head, "\r\nEtag: ", "\r\n");
        condition += "\r\n";
    }

    std::vector<std::string> conditions_;
    UniqueFd publisher_;
    std::string request_;
};

}  // namespace

std::unique_ptr<Protocol>
file_protocol(std::uint16_t port, std::uint32_t files, const std::string& directory) {
    return std::make_unique<FilePolls>(port, files, directory);
}

std::unique_ptr<Protocol> nchan_protocol(std::uint16_t port, std::uint32_t files) {
    return std::make_unique<NchanPolls>(port, files);
}

std::string_view
text_between(std::string_view text, std::string_view before, std::string_view behind) {
    const auto begin = text.find(before);
    if (begin == text.npos)
        return {};
    const auto found = text.substr(begin + before.size());
    return found.substr(0, found.find(behind));
}

int connect_to(std::uint16_t port, std::uint32_t number) {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket)
        fail("socket");
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(0x7F010001U + number % 200);
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&from), sizeof from) != 0)
        fail("bind");
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port);
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
        fail("connect");
    return socket.release();
}

void send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0)
            fail("send");
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

}  // namespace treecast::bench
