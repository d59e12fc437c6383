#include "proxy/representation/representation.hpp"

#include "proxy/representation/content_header.hpp"
#include "proxy/http/entity_tag.hpp"

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
      tag_(entity_tag(record.sha256)),
      version_{epoch, record.content_revision},
      content_fields_(fixed_content_fields(record, version_, content_type)) {}

bool Representation::is_of(const ipc::Record& record) const noexcept {
    return record.content_revision == record_.content_revision &&
           record.mtime_ns == record_.mtime_ns && record.size == record_.size &&
           record.sha256 == record_.sha256;
}

template <class Make>
const std::shared_ptr<const std::string>&
Representation::prepared(unsigned status, const AnswerContext& context, const Make& make) {
    for (const PreparedHead& head : heads_)
        if (head.status == status && head.context == context)
            return head.text;
    // Heads of an earlier second are not used again.
    std::erase_if(heads_, [&](const PreparedHead& head) {
        return head.context.now != context.now;
    });
    if (heads_.size() >= heads_max)
        heads_.erase(heads_.begin());
    return heads_
        .emplace_back(PreparedHead{status, context, std::make_shared<const std::string>(make())})
        .text;
}

Response Representation::whole(const AnswerContext& context, bool without_body) {
    Response response;
    response.first.head = prepared(200, context, [&] {
        HeadBuilder head(200, context);
        head.field("Content-Length", record_.size);
        add_content_header(head, content_fields_, record_, context.now);
        return head.finish();
    });
    response.close = context.persistence == Persistence::close;
    if (!without_body) {
        response.first.content = content_;
        response.first.end = content_->size();
    }
    return response;
}

Response Representation::not_modified(const AnswerContext& context) {
    Response response;
    response.first.head = prepared(304, context, [&] {
        HeadBuilder head(304, context);
        head.field("ETag", tag_).field("Treecast-Version", to_string(version_));
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
    add_content_header(head, content_fields_, record_, context.now);
    Response response = make_response(head.finish(), context);
    response.first.content = content_;
    response.first.begin = begin;
    response.first.end = end;
    return response;
}

void Representation::retire() noexcept {
    if (is_being_sent())
        content_->pin();
}

}  // namespace treecast::proxy
