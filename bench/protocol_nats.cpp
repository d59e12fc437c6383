#include "base/unique_fd.hpp"
#include "bench/protocol.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include <sys/socket.h>

namespace treecast::bench {

namespace {

constexpr std::string_view greeting =
    "CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false}\r\n";

class Nats final : public Protocol {
public:
    explicit Nats(std::uint16_t port) : publisher_(connect_to(port, 0)) {
        send_all(publisher_.get(), greeting);
    }

    std::string ask(std::uint32_t file, bool first) override {
        if (!first)
            return {};
        return std::string(greeting) + "SUB f." + std::to_string(file) + " 1\r\n";
    }

    bool keeps_newest() const override { return false; }

    Head read_head(std::string_view bytes, std::uint32_t /*file*/) override {
        const auto end = bytes.find("\r\n");
        if (end == bytes.npos)
            return {};
        const auto line = bytes.substr(0, end);
        Head head{.kind = Head::Kind::nothing, .bytes = end + 2};
        if (line == "PING") {
            head.reply = "PONG\r\n";
        } else if (line.starts_with("MSG ")) {
            const auto length = line.substr(line.rfind(' ') + 1);
            std::from_chars(length.data(), length.data() + length.size(), head.body_bytes);
            head.kind = Head::Kind::content;
            head.trailer_bytes = 2;
        } else if (!line.starts_with("INFO ")) {
            throw std::runtime_error("nats-server said " + std::string(line));
        }
        return head;
    }

    void prepare(std::uint32_t file, std::string_view content) override {
        // The server's greeting, and now and then a PING.
        std::array<char, 4096> said{};
        ssize_t n = 0;
        while ((n = ::recv(publisher_.get(), said.data(), said.size(), MSG_DONTWAIT)) > 0)
            if (std::string_view(said.data(), static_cast<std::size_t>(n)).ends_with("PING\r\n"))
                send_all(publisher_.get(), "PONG\r\n");
        message_ = "PUB f." + std::to_string(file) + ' ' + std::to_string(content.size()) + "\r\n";
        message_.append(content).append("\r\n");
    }

    void publish() override { send_all(publisher_.get(), message_); }

private:
    UniqueFd publisher_;
    std::string message_;
};

}  // namespace

std::unique_ptr<Protocol> nats_protocol(std::uint16_t port) {
    return std::make_unique<Nats>(port);
}

}  // namespace treecast::bench
