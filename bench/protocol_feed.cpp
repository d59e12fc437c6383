#include "bench/protocol.hpp"

#include <charconv>
#include <stdexcept>

namespace treecast::bench {

namespace {

/// Publishes as file_protocol does.
class Feeds final : public Protocol {
public:
    Feeds(std::uint16_t port, std::uint32_t files, const std::string& directory)
        : files_(file_protocol(port, files, directory)),
          host_("127.0.0.1:" + std::to_string(port)),
          cursors_(files),
          pages_(files) {}

    std::string ask(std::uint32_t file, bool first) override {
        std::string request = "GET /v1/changes?prefix=" + std::to_string(file);
        if (!first)
            request += "&after=" + cursors_[file] + "&wait=300";
        return request + " HTTP/1.1\r\nHost: " + host_ + "\r\n\r\n";
    }

    /// The whole answer. All of one round are the same page, which names the file.
    Head read_head(std::string_view bytes, std::uint32_t file) override {
        const auto head_end = bytes.find("\r\n\r\n");
        if (head_end == bytes.npos)
            return {};
        const std::string_view head = bytes.substr(0, head_end);
        const auto length = text_between(head, "\r\nContent-Length: ", "\r\n");
        if (!head.starts_with("HTTP/1.1 200 ") || length.empty())
            throw std::runtime_error("the server answered " + std::string(head));
        std::size_t body_bytes = 0;
        std::from_chars(length.data(), length.data() + length.size(), body_bytes);
        const std::string_view page = bytes.substr(head_end + 4);
        if (page.size() < body_bytes)
            return {};
        Head result{.kind = Head::Kind::notice, .bytes = head_end + 4 + body_bytes};
        take_page(page.substr(0, body_bytes), file, result);
        return result;
    }

    void prepare(std::uint32_t file, std::string_view content) override {
        files_->prepare(file, content);
        pages_[file].clear();
    }
    void publish() override { files_->publish(); }

private:
    void take_page(std::string_view page, std::uint32_t file, Head& result) {
        if (page.ends_with("\"changes\":[]}")) {
            result.kind = Head::Kind::ended;
        } else if (pages_[file].empty()) {
            if (text_between(page, "\"path\":\"", "\"") != std::to_string(file))
                throw std::runtime_error("the server listed " + std::string(page));
            pages_[file] = page;
            cursors_[file] = text_between(page, "\"cursor\":\"", "\"");
        } else if (page != pages_[file]) {
            throw std::runtime_error("another page of the same round: " + std::string(page));
        }
    }

    std::unique_ptr<Protocol> files_;
    std::string host_;
    std::vector<std::string> cursors_;
    std::vector<std::string> pages_;  // of this round; empty before the first
};

}  // namespace

std::unique_ptr<Protocol>
feed_protocol(std::uint16_t port, std::uint32_t files, const std::string& directory) {
    return std::make_unique<Feeds>(port, files, directory);
}

}  // namespace treecast::bench
