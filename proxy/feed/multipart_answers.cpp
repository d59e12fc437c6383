#include "proxy/feed/multipart_answers.hpp"

#include "base/hexadecimal.hpp"

#include <random>
#include <utility>

namespace treecast::proxy {

namespace {

/// An answer of more files, or with more bytes on the heap, is made while it is sent.
constexpr std::size_t whole_files_max = 64;
constexpr std::uint64_t whole_heap_bytes_max = std::uint64_t{256} << 10;
/// A shorter text is copied behind the head, so that both leave in one call.
constexpr std::size_t text_with_head_max = std::size_t{16} << 10;

/// 128 bits that nobody who wrote a file can have known.
std::string draw_boundary() {
    std::random_device random;
    const auto word = [&random] {
        return std::uint64_t{random()} << 32U | random();
    };
    return std::string(HexWord(word()).view()).append(HexWord(word()).view());
}

std::uint64_t length_of(const PartList& parts) {
    std::uint64_t bytes = 0;
    for (const Part& part : parts)
        bytes += part.head->size() + (part.end - part.begin);
    return bytes;
}

std::uint64_t heap_bytes_of(const Part& part) {
    return part.head->size() + (part.content && part.content->on_heap() ? part.content->size() : 0);
}

/// The parts behind the answer's head.
void add_parts(Response& response, PartList parts) {
    auto next = parts.begin();
    if (!parts.empty() && next->head->size() <= text_with_head_max) {
        auto head = std::make_shared<std::string>(*response.first.head);
        head->append(*next->head);
        response.first = *next++;
        response.first.head = std::move(head);
    }
    if (next != parts.end())
        response.more = std::make_shared<const PartList>(next, parts.end());
}

}  // namespace

MultipartAnswers::MultipartAnswers(
    boost::asio::io_context& context,
    Attachment& attachment,
    RepresentationCache& cache,
    WantSender& wants,
    std::chrono::milliseconds load_timeout
)
    : loads_(context),
      sources_{attachment, wants, loads_, FileParts(attachment, cache), load_timeout} {}

FeedReply MultipartAnswers::make(
    FeedAnswer answer,
    const FeedRequest& request,
    const AnswerContext& context
) {
    const auto page =
        std::make_shared<const MultipartPage>(std::move(answer), request.part_max, draw_boundary());
    auto parts = make_whole(*page);
    AnswerContext how = context;
    if (!parts && request.is_http_1_0)
        how.persistence = Persistence::close;
    HeadBuilder head(200, how);
    head.field("Content-Type", page->text.content_type());
    head.field("Vary", "Accept");
    if (parts)
        head.field("Content-Length", length_of(*parts));
    else if (!request.is_http_1_0 && !request.head)
        head.field("Transfer-Encoding", "chunked");
    FeedReply reply{make_response(head.finish(), how)};
    if (request.head)
        return reply;
    if (parts)
        add_parts(reply.response, std::move(*parts));
    else
        reply.rest = page;
    return reply;
}

/// nullopt if there is too much of it, or if files have to be loaded first.
std::optional<PartList> MultipartAnswers::make_whole(const MultipartPage& page) {
    if (page.files().size() > whole_files_max)
        return std::nullopt;
    PartList parts;
    PartWriter writer(PartWriter::Framing::bare);
    std::uint64_t sent = 0;
    std::uint64_t heap_bytes = 0;
    page.text.append_first(writer.text(), beginning_as_json(page.answer));
    for (const ListedFile& listed : page.files()) {
        if (sources_.parts.add(page, listed, true, writer, sent) != FileParts::Outcome::added)
            return std::nullopt;
        if (!writer.is_full())
            continue;
        heap_bytes += heap_bytes_of(parts.emplace_back(writer.take(false)));
        if (heap_bytes > whole_heap_bytes_max)
            return std::nullopt;
    }
    FeedEnd end{page.answer.cursor, page.answer.more};
    if (sent != 0)
        end = end_of_answer(end, sent, sources_.attachment.catalog()->newest_revision());
    page.text.append_last(writer.text(), end_as_json(end));
    parts.push_back(writer.take(true));
    return parts;
}

std::unique_ptr<Stream> MultipartAnswers::stream(
    Connection& connection,
    const FeedRequest& request,
    const FeedReply& reply
) {
    return std::make_unique<MultipartStream>(
        connection,
        sources_,
        reply.rest,
        request.is_http_1_0 ? PartWriter::Framing::bare : PartWriter::Framing::chunked
    );
}

}  // namespace treecast::proxy
