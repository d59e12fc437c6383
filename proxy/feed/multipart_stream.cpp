#include "proxy/feed/multipart_stream.hpp"

#include <algorithm>
#include <utility>

namespace treecast::proxy {

MultipartStream::MultipartStream(
    Connection& of,
    MultipartSources& sources,
    std::shared_ptr<const MultipartPage> page,
    PartWriter::Framing framing
)
    : connection_(of), sources_(sources), page_(std::move(page)), writer_(framing) {}

Stream::Next MultipartStream::next(Part& part, Clock::time_point& until) {
    if (is_complete_)
        return Next::end;
    const ipc::CatalogReader* const catalog = sources_.attachment.catalog();
    // The files of another catalog are others.
    if (catalog == nullptr || catalog->epoch() != page_->epoch())
        return Next::broken;
    const auto now = Clock::now();
    if (!std::exchange(is_begun_, true))
        page_->text.append_first(writer_.text(), beginning_as_json(page_->answer));
    want_ahead(now);
    const bool waits = !add_files(now);
    if (index_ == page_->files().size() && !writer_.is_full())
        add_end();
    if (!writer_.empty()) {
        part = writer_.take(is_complete_);
        return Next::part;
    }
    if (waits && is_turned_away_)
        return Next::broken;
    wait_for(page_->files()[waited_ = index_], now);
    until = *patience_;
    return Next::none;
}

void MultipartStream::turn_away() {
    is_turned_away_ = true;
    connection_.resume();
}

bool MultipartStream::holds_pinned() const noexcept {
    return page_->answer.content && page_->answer.content->pinned();
}

void MultipartStream::want_ahead(Clock::time_point now) {
    const ListedFiles& files = page_->files();
    const std::size_t end = std::min(files.size(), index_ + window);
    for (wanted_ = std::max(wanted_, index_); wanted_ < end; ++wanted_) {
        const auto record = sources_.attachment.catalog()->read(files[wanted_].file);
        if (record && may_be_loaded(*record, page_->part_max))
            sources_.wants.add(
                files[wanted_].file,
                record->size <= page_->part_max,
                now + sources_.load_timeout
            );
    }
}

/// Returns false if the next file has to be waited for.
bool MultipartStream::add_files(Clock::time_point now) {
    const ListedFiles& files = page_->files();
    for (std::size_t i = 0; i < files_per_part && index_ < files.size() && !writer_.is_full();
         ++i) {
        const auto outcome =
            sources_.parts.add(*page_, files[index_], may_wait(now), writer_, sent_);
        if (outcome == FileParts::Outcome::to_be_loaded)
            return false;
        note_progress();
        ++index_;
    }
    return true;
}

/// Once it has waited in vain, it waits for no other file until one was loaded after all. Else a
/// dead daemon would cost the time for each file.
bool MultipartStream::may_wait(Clock::time_point now) const noexcept {
    return !patience_ || now < *patience_;
}

void MultipartStream::wait_for(const ListedFile& listed, Clock::time_point now) {
    if (!patience_)
        patience_ = now + sources_.load_timeout;
    const auto record = sources_.attachment.catalog()->read(listed.file);
    sources_.wants.add(listed.file, !record || record->size <= page_->part_max, *patience_);
    sources_.loads.add(*this, listed.file);
}

/// The part of the file whose turn it is was made.
void MultipartStream::note_progress() noexcept {
    const ListedFile& listed = page_->files()[index_];
    const bool had_to_be_loaded = index_ == waited_ || needs_load(listed.record, page_->part_max);
    if (!patience_ || !had_to_be_loaded)
        return;
    const auto record = sources_.attachment.catalog()->read(listed.file);
    if (!record || !needs_load(*record, page_->part_max))
        patience_.reset();
}

void MultipartStream::add_end() {
    const FeedAnswer& answer = page_->answer;
    const FeedEnd end = end_of_answer(
        {answer.cursor, answer.more},
        sent_,
        sources_.attachment.catalog()->newest_revision()
    );
    page_->text.append_last(writer_.text(), end_as_json(end));
    is_complete_ = true;
}

}  // namespace treecast::proxy
