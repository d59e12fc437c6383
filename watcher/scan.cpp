#include "watcher/scan.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"
#include "watcher/entries.hpp"
#include "watcher/ignore_file.hpp"
#include "watcher/mount_points.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include <unistd.h>

namespace treecast::watcher {

namespace {

constexpr std::size_t entries_for_names = 512;  // reading a chunk of names costs as much as these
constexpr std::size_t entries_between_clock_checks = 256;
constexpr std::size_t entries_beyond_time = 1024;  // each directory reads these, whatever the time
constexpr std::chrono::milliseconds turn_max{5};

bool is_absence(const ErrorCode& error) {
    return error.value() == ENOENT || error.value() == ENOTDIR || error.value() == ELOOP;
}

/// Ends a read that failed: reports an incomplete listing, so that what is known stays.
void keep_unread(Reading& reading, const ErrorCode& error) {
    TreeState& state = reading.state;
    const std::string& path = reading.listing.directory;
    if (lies_in_lost_mount(state, state.tree.path(reading.real))) {
        // The lost mount is reported instead. The directory is read when the mount is back.
        state.health.set_error(reading.real, 0);
    } else {
        // An empty directory is an error only if it had content before.
        const bool is_empty = error.value() == ENODATA;
        if (state.health.error(reading.real) != error.value() &&
            (!is_empty || state.health.is_expected(reading.real)))
            log::warn("/{} cannot be read: {}", path, describe_loss(error));
        state.health.set_error(reading.real, error.value());
    }
    reading.listing.complete = false;
    reading.findings->listings.push_back(std::move(reading.listing));
}

/// Handles a directory that has vanished from its path. Drops it only where absence counts as a
/// deletion.
void handle_absence(Reading& reading, const ErrorCode& error) {
    TreeState& state = reading.state;
    const DirectoryTree& tree = state.tree;
    const DirectoryId real = reading.real;
    if (real == root_directory)
        state.root_in_doubt = true;
    else if (absence_counts(state, tree.parent(real)))
        drop_directory(state, tree.parent(real), std::string(tree.name(real)), *reading.findings);
    else
        keep_unread(reading, error);
}

/// Whether an empty directory may have had content. A missing filesystem is then more likely than
/// deletions, since events would have reported those. Only the receiver knows whether anything is
/// published there.
bool is_suspiciously_empty(const Reading& reading, const OpenedDirectory& opened) {
    if (reading.entries != 0)
        return false;
    return opened.other_device || is_unproved_mount(reading.state, reading.real) ||
           (reading.real == root_directory && reading.state.knows_older_root_names());
}

}  // namespace

std::string describe_loss(const ErrorCode& error) {
    if (error.value() == ENODEV)
        return "its filesystem is gone";
    if (error.value() == ENODATA)
        return "it is empty all at once; 'treecast forget' says that this is meant";
    return error.message();
}

Scanner::Scanner(std::size_t entries_at_once) : entries_at_once_(entries_at_once) {}

Scanner::~Scanner() = default;

void Scanner::begin_turn() {
    spent_ = 0;
    turn_end_ = std::chrono::steady_clock::now() + turn_max;
}

bool Scanner::is_turn_over() const {
    return reading_ != nullptr || std::chrono::steady_clock::now() >= turn_end_;
}

std::optional<std::string_view> Scanner::reading() const noexcept {
    if (reading_ == nullptr)
        return std::nullopt;
    return reading_->listing.directory;
}

/// Takes entries from the turn's budget. False if it is used up.
bool Scanner::spend(std::size_t entries) {
    const std::size_t before = std::exchange(spent_, spent_ + entries);
    if (before != 0 && spent_ > entries_at_once_)
        return false;
    const bool checks_clock =
        before >= entries_beyond_time &&
        before / entries_between_clock_checks != spent_ / entries_between_clock_checks;
    return !checks_clock || std::chrono::steady_clock::now() < turn_end_;
}

void Scanner::read_directory(TreeState& state, ScanQueue::Due due, Findings& findings) {
    const DirectoryTree& tree = state.tree;
    const DirectoryId real = tree.real(due.id);
    if (tree.is_dead(real)) {
        drop_name(state, due.id, findings);
        return;
    }
    auto reading = std::make_unique<Reading>(state, findings, due, ++last_listing_);
    auto opened = open_watched(state, real);
    if (opened.has_error()) {
        return is_absence(opened.error()) ? handle_absence(*reading, opened.error())
                                          : keep_unread(*reading, opened.error());
    }
    reading->opened = std::move(*opened);
    reading->fd = reading->opened.fd.get();
    reading->deep = reading->deep || reading->opened.replaced;
    reading->error = reader_.begin(reading->fd);
    state.root_changes.clear();
    // Each directory gets the whole budget of entries, so that only huge ones are read in parts.
    spent_ = 0;
    reading_ = std::move(reading);
    resume(state, findings);
}

void Scanner::resume(TreeState& state, Findings& findings) {
    std::unique_ptr<Reading> reading = std::move(reading_);
    state.reads_in_parts = false;
    if (reading->in_parts && !reading->can_resume()) {
        if (!reading->is_dropped() && state.tree.is_shown(reading->id))
            state.scans.add(reading->id, reading->deep);
        return;
    }
    reading->findings = &findings;
    if (read_names(*reading) && read_entries(*reading))
        return end(*reading);
    reading->suspend();
    state.reads_in_parts = true;
    reading_ = std::move(reading);
}

void Scanner::requeue(TreeState& state) {
    if (reading_ != nullptr && !reading_->is_dropped() && state.tree.is_shown(reading_->id))
        state.scans.add(reading_->id, true);
}

/// False if the budget was used up before all names were read.
bool Scanner::read_names(Reading& reading) {
    while (!reading.has_names) {
        if (!spend(entries_for_names))
            return false;
        reading.has_names = true;
        if (!reading.error) {
            const auto more = reader_.read_some(reading.fd);
            if (more.has_error())
                reading.error = more.error();
            else
                reading.has_names = *more == 0;
        }
        if (reading.has_names && reading.error.value() != ENOENT)
            read_ignore_file(reading.state, reading.id, reader_);
    }
    return true;
}

bool Scanner::read_entries(Reading& reading) {
    if (reading.error.value() == ENOENT)
        return true;
    reading.scope = reading.state.hiding.scope(reading.listing.directory);
    DirectoryEntry entry;
    while (!reading.is_dropped()) {
        if (!spend(1))
            return false;
        if (!reader_.next(entry))
            return true;
        add_entry(reading, entry);
    }
    return true;
}

/// Records the names of a directory that folds case. Names from a read in parts may be older than
/// the events since, so those are read again.
void Scanner::update_spellings(Reading& reading) {
    TreeState& state = reading.state;
    const bool was_folding = state.spellings.folds(state.tree, reading.real);
    if (!reading.in_parts || !was_folding)
        (void)state.spellings.update(state.tree, reading.real, reading.fd, reader_);
    if (!reading.in_parts || !state.spellings.folds(state.tree, reading.real))
        return;
    if (::lseek(reading.fd, 0, SEEK_SET) == 0 && !reader_.read(reading.fd))
        (void)state.spellings.update(state.tree, reading.real, reading.fd, reader_);
    // Until now, events were applied under the spellings that they carried. A new scan corrects
    // that.
    if (!was_folding)
        state.scans.add(reading.id, reading.deep);
}

void Scanner::end(Reading& reading) {
    TreeState& state = reading.state;
    const DirectoryId real = reading.real;
    const OpenedDirectory& opened = reading.opened;
    if (reading.error.value() == ENOENT)
        return handle_absence(reading, reading.error);  // removed since it was opened
    if (reading.is_dropped())
        return;
    const bool is_suspicious = is_suspiciously_empty(reading, opened);
    if (!reading.error && is_suspicious && real == root_directory && state.has_events()) {
        state.scans.add(reading.id, reading.deep);  // the queued events may report the deletions
        return;
    }
    if (reading.error || is_suspicious) {
        if (!reading.error && (real != root_directory || is_unproved_mount(state, real)))
            doubt_mount(state, real);
        else if (opened.other_device)
            state.health.set_device(real, opened.known_device);  // so that the next scan checks too
        return keep_unread(reading, reading.error ? reading.error : system_error(ENODATA));
    }
    state.health.set_error(real, 0);
    update_spellings(reading);
    note_proved_mount(state, real);
    drop_unlisted(reading);
    if (reading.is_dropped())
        return;
    if (real == root_directory)
        state.set_root_names(std::move(reading.root_names));
    state.tree.set_listed_files(
        reading.id,
        static_cast<std::uint32_t>(reading.listing.files.size())
    );
    reading.listing.complete = true;
    reading.findings->listings.push_back(std::move(reading.listing));
}

}  // namespace treecast::watcher
