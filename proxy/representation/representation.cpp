#include "proxy/representation/representation.hpp"

#include "proxy/http/compressed_type.hpp"
#include "proxy/http/entity_tag.hpp"
#include "proxy/representation/coding_decision.hpp"
#include "proxy/representation/content_header.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

/// The most heads that are kept: contexts that differ at the same time (connection, wait,
/// condition). Further heads are built each time.
constexpr std::size_t heads_max = 8;

}  // namespace

Representation::Representation(
    ipc::FileId file,
    const ipc::Record& record,
    std::uint64_t epoch,
    std::string_view content_type
)
    : file_(file),
      record_(record),
      version_{epoch, record.content_revision},
      content_type_(content_type),
      varies_by_coding_(proxy::varies_by_coding(record.size, !is_compressed_type(content_type))),
      content_fields_(fixed_content_fields(record, version_, content_type, Coding::identity)) {}

bool Representation::is_of(const ipc::Record& record) const noexcept {
    return record.content_revision == record_.content_revision &&
           record.mtime_ns == record_.mtime_ns && record.size == record_.size &&
           record.sha256 == record_.sha256;
}

template <class Make>
const std::shared_ptr<const std::string>& Representation::prepared(
    unsigned status,
    Coding coding,
    const AnswerContext& context,
    const Make& make
) {
    for (const PreparedHead& head : heads_)
        if (head.status == status && head.coding == coding && head.context == context)
            return head.text;
    // Heads of an earlier second are not used again.
    std::erase_if(heads_, [&](const PreparedHead& head) {
        return head.context.now != context.now;
    });
    if (heads_.size() >= heads_max)
        heads_.erase(heads_.begin());
    return heads_
        .emplace_back(
            PreparedHead{status, coding, context, std::make_shared<const std::string>(make())}
        )
        .text;
}

Response Representation::whole(const AnswerContext& context, bool without_body) {
    return complete(context, Coding::identity, record_.size, without_body ? nullptr : content_);
}

Response Representation::coded(
    const AnswerContext& context,
    Coding coding,
    const std::shared_ptr<Content>& content,
    bool without_body
) {
    return complete(context, coding, content->size(), without_body ? nullptr : content);
}

/// Without `content` the head alone.
Response Representation::complete(
    const AnswerContext& context,
    Coding coding,
    std::uint64_t size,
    std::shared_ptr<Content> content
) {
    Response response;
    response.first.head = prepared(200, coding, context, [&] {
        HeadBuilder head(200, context);
        head.field("Content-Length", size);
        std::string of_coding;
        if (coding != Coding::identity)
            of_coding = fixed_content_fields(record_, version_, content_type_, coding);
        const std::string& fixed = coding == Coding::identity ? content_fields_ : of_coding;
        add_content_header(head, fixed, record_, context.now, coding, varies_by_coding_);
        return head.finish();
    });
    response.close = context.persistence == Persistence::close;
    if (content) {
        response.first.end = size;
        response.first.content = std::move(content);
    }
    return response;
}

Response Representation::not_modified(const AnswerContext& context, Coding coding) {
    Response response;
    response.first.head = prepared(304, coding, context, [&] {
        HeadBuilder head(304, context);
        head.field("ETag", entity_tag(record_.sha256, coding));
        head.field("Treecast-Version", to_string(version_));
        if (varies_by_coding_)
            head.field("Vary", "Accept-Encoding");
        return head.finish();
    });
    response.close = context.persistence == Persistence::close;
    return response;
}

Response Representation::part(const AnswerContext& context, std::uint64_t begin, std::uint64_t end)
    const {
    HeadBuilder head(206, context);
    head.field("Content-Length", end - begin);
    head.field(
        "Content-Range",
        "bytes " + std::to_string(begin) + '-' + std::to_string(end - 1) + '/' +
            std::to_string(record_.size)
    );
    add_content_header(
        head,
        content_fields_,
        record_,
        context.now,
        Coding::identity,
        varies_by_coding_
    );
    Response response = make_response(head.finish(), context);
    response.first.content = content_;
    response.first.begin = begin;
    response.first.end = end;
    return response;
}

bool Representation::is_being_sent() const noexcept {
    return (content_ && content_.use_count() > 1) ||
           std::ranges::any_of(codings_.coded, [](const CodedContents::Coded& each) {
               return !each.content.expired();
           });
}

void Representation::retire() noexcept {
    if (content_ && content_.use_count() > 1)
        content_->pin();
    for (const CodedContents::Coded& each : codings_.coded)
        if (const auto content = each.content.lock())
            content->pin();
}

}  // namespace treecast::proxy
