#include "proxy/archive/archive_copy.hpp"

#include "ipc/segment_reader.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace treecast::proxy {

namespace {

/// Changes that come while others are copied; after so many rounds other jobs of the maker are let
/// in.
constexpr int rounds_max = 16;
/// Files that are loaded at once, so that those who want one file wait little longer, and none is
/// evicted before it is copied.
constexpr std::size_t missing_max = 500;

}  // namespace

ArchiveCopy::ArchiveCopy(
    ipc::CatalogReader catalog,
    ipc::ObjectDirectory directory,
    std::string prefix,
    ArchiveLimits limits,
    std::optional<Sha256> known,
    MadeContents& contents
)
    : catalog_(std::move(catalog)),
      directory_(std::move(directory)),
      prefix_(std::move(prefix)),
      limits_(limits),
      known_(known),
      arena_(contents) {}

/// Reads the records of all files. False: there are too many.
bool ArchiveCopy::walk() {
    known_until_ = catalog_.newest_revision();
    std::unordered_set<std::uint64_t> visited;
    catalog_.walk_below(
        prefix_,
        [&](ipc::FileId file, const ipc::Record& record, std::string_view path) {
            visited.insert(file.value);
            files_.apply(file, record, path);
            return files_.size() <= ArchiveLimits::files_max;
        }
    );
    for (const ipc::FileId file : files_.ids())
        if (!visited.contains(file.value))
            files_.apply(file, std::nullopt, {});
    is_walked_ = true;
    return files_.size() <= ArchiveLimits::files_max;
}

/// Reads the records of what has changed. False: there are too many files.
bool ArchiveCopy::follow_log() {
    const std::uint64_t newest = catalog_.newest_revision();
    std::vector<ipc::LogRecord> log;
    if (!catalog_.changes_since(known_until_, log))
        return walk();
    std::unordered_set<std::uint64_t> read;
    for (const ipc::LogRecord& change : log)
        if (read.insert(change.file.value).second)
            read_again(change.file);
    known_until_ = newest;
    return files_.size() <= ArchiveLimits::files_max;
}

void ArchiveCopy::read_again(ipc::FileId file) {
    const auto path = catalog_.path(file);
    if (path && path->starts_with(prefix_))
        files_.apply(file, catalog_.read(file), *path);
    else if (!path && files_.contains(file))
        files_.apply(file, std::nullopt, {});
}

ArchiveCopy::Outcome ArchiveCopy::advance(const std::stop_token& stop) {
    for (int round = 0; round < rounds_max; ++round) {
        if (const auto outcome = look())
            return end(*outcome);
        if (const auto outcome = copy_contents(stop))
            return end(*outcome);
    }
    return Outcome::restless;
}

/// Reads what has changed. nullopt: contents are to be copied.
std::optional<ArchiveCopy::Outcome> ArchiveCopy::look() {
    if (!(is_walked_ ? follow_log() : walk()))
        return Outcome::too_many;
    if (!is_settled())
        return files_.uncopied().empty() ? std::optional(Outcome::restless) : std::nullopt;
    if (files_.refused())
        return Outcome::refused;
    if (known_ && files_.size() != 0 && files_.are_hashed() && files_.digest() == *known_)
        return Outcome::unchanged;
    if (files_.bytes() > limits_.bytes_max)
        return Outcome::too_large;
    return files_.uncopied().empty() ? std::optional(Outcome::settled) : std::nullopt;
}

ArchiveCopy::Outcome ArchiveCopy::end(Outcome outcome) {
    was_complete_ = was_complete_ || files_.uncopied().empty();
    if (files_.seen() != 0)
        newest_change_ =
            std::min(std::max(files_.seen(), catalog_.forgotten_revision()), known_until_);
    return outcome;
}

/// nullopt: all was copied, unless it changed meanwhile.
std::optional<ArchiveCopy::Outcome> ArchiveCopy::copy_contents(const std::stop_token& stop) {
    missing_.clear();
    const std::vector<std::uint64_t> uncopied(files_.uncopied().begin(), files_.uncopied().end());
    for (const std::uint64_t id : uncopied) {
        if (stop.stop_requested())
            return Outcome::stopped;
        if (missing_.size() == missing_max)
            break;
        if (const auto outcome = copy_content(ipc::FileId{id}))
            return outcome;
    }
    if (!missing_.empty())
        return Outcome::wants;
    was_complete_ = true;
    return std::nullopt;
}

std::optional<ArchiveCopy::Outcome> ArchiveCopy::copy_content(ipc::FileId file) {
    // What was loaded meanwhile shows only in the record.
    const auto record = catalog_.read(file);
    const CopiedContent before = files_.find(file)->copy;
    files_.apply(file, record, files_.find(file)->path);
    if (!files_.uncopied().contains(file.value))
        return std::nullopt;
    if (files_.bytes() > limits_.bytes_max)  // it is not judged before the state is settled
        return std::nullopt;
    if (!record->resident || !record->hash_known) {
        missing_.push_back(file);
        return std::nullopt;
    }
    const auto segment = ipc::open_segment(directory_, file, *record);
    if (!segment)
        return segment.error() == Errc::superseded ? std::nullopt
                                                   : std::optional(Outcome::unreadable);
    CopiedContent copy = before;
    if (record->size > before.room || before.content_revision == 0) {
        const auto place = arena_.reserve(record->size);
        if (!place)
            return Outcome::no_room;
        copy = {*place, record->size};
    }
    if (!arena_.copy(segment->get(), record->size, copy.offset))
        return Outcome::no_room;
    copy.content_revision = record->content_revision;
    files_.mark_copied(file, copy);
    return std::nullopt;
}

}  // namespace treecast::proxy
