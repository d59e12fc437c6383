// Words the feed's answers as multipart/mixed: at once where all contents are at hand, else as a
// stream. One thread.
#pragma once

#include "proxy/feed/feed_request.hpp"
#include "proxy/feed/feed_turn.hpp"
#include "proxy/feed/multipart_stream.hpp"
#include "proxy/http/response_head.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace treecast::proxy {

class MultipartAnswers {
public:
    MultipartAnswers(
        boost::asio::io_context& context,
        Attachment& attachment,
        RepresentationCache& cache,
        WantSender& wants,
        std::chrono::milliseconds load_timeout
    );

    /// There must be a catalog where the answer has files.
    FeedReply make(FeedAnswer answer, const FeedRequest& request, const AnswerContext& context);
    std::unique_ptr<Stream>
    stream(Connection& connection, const FeedRequest& request, const FeedReply& reply);

    void loaded(ipc::FileId file) { loads_.loaded(file); }
    void catalog_was_replaced() { loads_.wake_all(); }
    void end_batch() { loads_.end_batch(); }
    bool is_waiting() const noexcept { return !loads_.empty(); }

private:
    std::optional<PartList> make_whole(const MultipartPage& page);

    LoadWaits loads_;
    MultipartSources sources_;
};

}  // namespace treecast::proxy
