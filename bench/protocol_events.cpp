#include "bench/protocol.hpp"

#include <stdexcept>

namespace treecast::bench {

namespace {

/// Publishes as file_protocol does.
class Events final : public Protocol {
public:
    Events(std::uint16_t port, std::uint32_t files, const std::string& directory)
        : files_(file_protocol(port, files, directory)),
          host_("127.0.0.1:" + std::to_string(port)),
          newest_(files),
          before_(files) {}

    std::string ask(std::uint32_t file, bool first) override {
        if (!first)
            return {};
        return "GET /v1/events?prefix=" + std::to_string(file) + " HTTP/1.1\r\nHost: " + host_ +
               "\r\n\r\n";
    }

    /// The head of the answer, and then one event after the other. What has an id is news: at first
    /// the state that `ready` completes.
    Head read_head(std::string_view bytes, std::uint32_t file) override {
        const bool is_answer = bytes.starts_with("HTTP/");
        const std::string_view end_of_block = is_answer ? "\r\n\r\n" : "\n\n";
        const auto end = bytes.find(end_of_block);
        if (end == bytes.npos)
            return {};
        const std::string_view block = bytes.substr(0, end);
        Head head{.kind = Head::Kind::nothing, .bytes = end + end_of_block.size()};
        if (is_answer && !block.starts_with("HTTP/1.1 200 "))
            throw std::runtime_error("the server answered " + std::string(block));
        constexpr std::string_view id = "id: ";
        if (!block.starts_with(id) || block.find("\nevent: ") == block.npos)
            return head;
        const std::string_view revision = block.substr(id.size(), block.find('\n') - id.size());
        if (revision == before_[file])
            throw std::runtime_error("an event came again");
        newest_[file] = revision;
        head.kind = Head::Kind::notice;
        return head;
    }

    void prepare(std::uint32_t file, std::string_view content) override {
        before_[file] = newest_[file];
        files_->prepare(file, content);
    }
    void publish() override { files_->publish(); }

private:
    std::unique_ptr<Protocol> files_;
    std::string host_;
    std::vector<std::string> newest_;  // ids
    std::vector<std::string> before_;  // those of the round before
};

}  // namespace

std::unique_ptr<Protocol>
events_protocol(std::uint16_t port, std::uint32_t files, const std::string& directory) {
    return std::make_unique<Events>(port, files, directory);
}

}  // namespace treecast::bench
