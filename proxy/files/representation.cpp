#include "proxy/files/representation.hpp"

#include "proxy/files/last_modified.hpp"
#include "proxy/http/content_type.hpp"
#include "proxy/http/entity_tag.hpp"
#include "proxy/http/http_date.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

constexpr std::size_t entries_max = 1024;
constexpr std::uint64_t heap_bytes_max = 8 << 20;
/// The most heads that are kept: contexts that differ at the same time (connection, wait,
/// condition). Further heads are built each time.
constexpr std::size_t heads_max = 8;

}  // namespace

Representation::Representation(
    ipc::FileId file,
    const ipc::Record& record,
    std::uint64_t epoch,
    std::string_view path
)
    : file_(file),
      record_(record),
      tag_(entity_tag(record.sha256)),
      version_{epoch, record.content_revision} {
    entity_fields_.append("ETag: ").append(tag_);
    entity_fields_.append("\r\nTreecast-Version: ").append(to_string(version_));
    entity_fields_.append("\r\nTreecast-SHA256: ").append(to_hex(record.sha256));
    entity_fields_.append("\r\nContent-Type: ").append(content_type(path));
    entity_fields_.append("\r\nAccept-Ranges: bytes\r\n");
}

void Representation::add_entity_fields(HeadBuilder& head, std::int64_t now) const {
    head.raw(entity_fields_);
    if (const auto date = last_modified(record_, now))
        head.field("Last-Modified", format_http_date(*date));
}

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
        add_entity_fields(head, context.now);
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
    add_entity_fields(head, context.now);
    Response response = make_response(head.finish(), context);
    response.first.content = content_;
    response.first.begin = begin;
    response.first.end = end;
    return response;
}

void Representation::retire() noexcept {
    if (content_ && content_.use_count() > 1)
        content_->pin();
}

Representation& RepresentationCache::get(
    ipc::FileId file,
    const ipc::Record& record,
    std::uint64_t epoch,
    std::string_view path
) {
    const auto found = by_file_.find(file.value);
    if (found != by_file_.end()) {
        Representation& representation = *found->second;
        if (representation.is_of(record)) {
            representation.set_used();
            recent_.splice(recent_.begin(), recent_, recent_.iterator_to(representation));
            return representation;
        }
        erase(representation);
    }
    make_room();
    auto owned = std::make_unique<Representation>(file, record, epoch, path);
    Representation& representation = *owned;
    by_file_.emplace(file.value, std::move(owned));
    recent_.push_front(representation);
    return representation;
}

ErrorCode
RepresentationCache::open(Representation& representation, const ipc::ObjectDirectory& directory) {
    if (representation.content())
        return {};
    auto content =
        open_content(directory, representation.file(), representation.record(), counters_);
    if (!content)
        return content.error();
    if ((*content)->on_heap())
        heap_bytes_ += (*content)->size();
    representation.set_content(std::move(*content));
    return {};
}

void RepresentationCache::forget_superseded(ipc::FileId file, const ipc::Record* record) {
    const auto found = by_file_.find(file.value);
    if (found == by_file_.end())
        return;
    if (record == nullptr || record->state != ipc::FileState::present ||
        !found->second->is_of(*record))
        erase(*found->second);
}

void RepresentationCache::clear() {
    while (!recent_.empty())
        erase(recent_.front());
}

void RepresentationCache::erase(Representation& representation) {
    if (representation.content() && representation.content()->on_heap())
        heap_bytes_ -= representation.content()->size();
    representation.retire();
    recent_.erase(recent_.iterator_to(representation));
    by_file_.erase(representation.file().value);
}

void RepresentationCache::make_room() {
    const auto is_full = [&] {
        return recent_.size() >= entries_max || heap_bytes_ > heap_bytes_max;
    };
    // Contents that are being sent stay in the cache: only there can it be noticed that they are
    // superseded.
    for (auto it = recent_.end(); is_full() && it != recent_.begin();) {
        Representation& oldest = *--it;
        if (oldest.content() && oldest.content().use_count() > 1)
            continue;
        ++it;
        erase(oldest);
    }
}

}  // namespace treecast::proxy
