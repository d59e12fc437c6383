#include "proxy/feed/file_parts.hpp"

#include "base/log.hpp"
#include "proxy/http/response_head.hpp"

#include <algorithm>
#include <chrono>

namespace treecast::proxy {

namespace {

/// How often a file is looked at again because it changed between the look and the opening.
constexpr int looks_max = 4;
constexpr auto quiet_time = std::chrono::seconds(1);

}  // namespace

bool needs_load(const ipc::Record& record, std::uint64_t part_max) noexcept {
    return record.state == ipc::FileState::present &&
           (!record.hash_known || (record.size <= part_max && !record.resident));
}

bool may_be_loaded(const ipc::Record& record, std::uint64_t part_max) noexcept {
    return needs_load(record, part_max) && !ipc::is_stale(record);
}

FileParts::Outcome FileParts::add(
    const MultipartPage& page,
    const ListedFile& listed,
    bool may_wait,
    PartWriter& writer,
    std::uint64_t& sent
) {
    const auto left_out = [&](const ipc::Record& record, LeftOut why) {
        page.text.append_left_out(
            writer.text(),
            listed.path,
            record,
            page.epoch(),
            why,
            seconds_since_1970()
        );
        sent = std::max(sent, record.change_revision);
        return Outcome::added;
    };
    for (int attempt = 1;; ++attempt) {
        const auto record = attachment_.catalog()->read(listed.file);
        if (!record || is_deletion(*record)) {
            add_deleted(page, listed, record ? &*record : nullptr, writer, sent);
            return Outcome::added;
        }
        if (record->state == ipc::FileState::unavailable) {
            page.text.append_unavailable(writer.text(), listed.path, *record, page.epoch());
            sent = std::max(sent, record->change_revision);
            return Outcome::added;
        }
        if (needs_load(*record, page.part_max)) {
            if (!may_be_loaded(*record, page.part_max))
                return left_out(*record, LeftOut::unreadable);
            return may_wait ? Outcome::to_be_loaded : left_out(*record, LeftOut::not_loaded);
        }
        if (record->size > page.part_max)
            return left_out(*record, LeftOut::large);
        const Opened opened = add_content(page, listed, *record, writer);
        if (opened == Opened::yes) {
            sent = std::max(sent, record->change_revision);
            return Outcome::added;
        }
        if (opened == Opened::failed)
            return left_out(*record, LeftOut::not_loaded);
        if (attempt == looks_max)
            return may_wait ? Outcome::to_be_loaded : left_out(*record, LeftOut::not_loaded);
    }
}

FileParts::Opened FileParts::add_content(
    const MultipartPage& page,
    const ListedFile& listed,
    const ipc::Record& record,
    PartWriter& writer
) {
    Representation& representation = cache_.get(listed.file, record, page.epoch(), listed.path);
    if (const ErrorCode error = cache_.open(representation, attachment_.directory())) {
        if (error == Errc::superseded)
            return Opened::superseded;
        const auto now = Clock::now();
        if (now >= quiet_until_) {
            quiet_until_ = now + quiet_time;
            log::error("{}: cannot read the content: {}", listed.path, error.message());
        }
        return Opened::failed;
    }
    page.text.append_content(
        writer.text(),
        listed.path,
        record,
        representation.content_fields(),
        seconds_since_1970()
    );
    writer.add(representation.content());
    return Opened::yes;
}

/// Its deletion may have been forgotten meanwhile. Then it was before the newest forgotten one.
void FileParts::add_deleted(
    const MultipartPage& page,
    const ListedFile& listed,
    const ipc::Record* record,
    PartWriter& writer,
    std::uint64_t& sent
) {
    Version version{page.epoch(), 0};
    if (record != nullptr && record->change_revision != 0) {
        version.revision = record->content_revision;
        sent = std::max(sent, record->change_revision);
    } else {
        version.revision = listed.record.change_revision;
        if (!is_deletion(listed.record))
            version.revision =
                std::max(version.revision, attachment_.catalog()->forgotten_revision());
        sent = std::max(sent, version.revision);
    }
    page.text.append_deleted(writer.text(), listed.path, version);
}

}  // namespace treecast::proxy
