#include "watcher/scan.hpp"

#include "watcher/ignore_file.hpp"
#include "watcher/link_keeper.hpp"
#include "watcher/mount_keeper.hpp"
#include "watcher/watch_budget.hpp"

#include <treecast/limits.hpp>
#include <treecast/log.hpp>
#include <treecast/tree_path.hpp>

#include <algorithm>
#include <cerrno>
#include <string>
#include <unordered_set>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

constexpr std::size_t entries_for_names = 512;  // what reading some thousand names costs
constexpr std::size_t entries_a_look_at_the_clock = 256;
constexpr std::size_t entries_beyond_time = 1024;  // of each directory, however long they take
constexpr std::chrono::milliseconds turn_max{5};

bool is_absence(const ErrorCode& error) {
    return error.value() == ENOENT || error.value() == ENOTDIR || error.value() == ELOOP;
}

/// It could not be read to its end: what is known of it stays.
void keep_unread(Reading& reading, const ErrorCode& error) {
    WatchTable& table = reading.state.table;
    const std::string& path = reading.listing.directory;
    if (lies_in_lost_mount(reading.state, table.path(reading.real))) {
        table.set_error(reading.real, 0);  // it is no trouble of its own, and read when that ends
    } else {
        const bool is_empty = error.value() == ENODATA;  // which matters only if it was not before
        if (table.error(reading.real) != error.value() &&
            (!is_empty || table.is_expected(reading.real)))
            log::warn("/{} cannot be read: {}", path, words_for_loss(error));
        table.set_error(reading.real, error.value());
    }
    reading.listing.complete = false;
    reading.findings->listings.push_back(std::move(reading.listing));
}

/// It is not at its place any more, for all that can be told.
void note_absence(Reading& reading, const ErrorCode& error) {
    TreeState& state = reading.state;
    const WatchTable& table = state.table;
    const DirectoryId real = reading.real;
    if (real == root_directory)
        state.root_in_doubt = true;
    else if (absence_counts(state, table.parent(real)))
        drop_directory(state, table.parent(real), std::string(table.name(real)), *reading.findings);
    else
        keep_unread(reading, error);
}

void add_subdirectory(Reading& reading, std::string_view name) {
    if (!reading.scope.shows(name, true))
        return;
    TreeState& state = reading.state;
    if (!state.links.empty())
        forget_link(state, {reading.real, std::string(name)}, *reading.findings);
    if (reading.is_over())
        return;
    const DirectoryId child = add_directory(state, reading.id, name, reading.deep);
    if (child == no_directory)
        return;
    state.table.mark_listed(child, reading.number);
    reading.listing.directories.emplace_back(name);
}

void add_file(Reading& reading, const char* name) {
    if (!reading.scope.shows(name, false))
        return;
    struct stat status {};
    if (::fstatat(reading.fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
        return;  // gone again, or another now: the event is in the queue
    if (!reading.state.leases.reach(status.st_uid))
        tell_opens(reading.state, reading.real);
    reading.listing.files.push_back({.name = name, .stat = file_stat_of(status)});
}

/// What the link leads to is listed under its name.
void list_link(Reading& reading, const NamePlace& place, FollowFor what_for) {
    TreeState& state = reading.state;
    // One that came since is new under all names of its directory.
    const DirectoryId listed = what_for == FollowFor::listing ? reading.id : no_directory;
    const Link* const link = follow_link(state, place, what_for, *reading.findings, listed);
    if (link == nullptr || reading.is_over())
        return;
    if (link->kind == LinkKind::file && reading.scope.shows(place.name, false)) {
        const auto file = file_behind(state, *link);
        if (file && !state.leases.reach(file->owner))
            tell_opens(state, link->dependencies.back().directory);
        if (file)
            reading.listing.files.push_back({.name = place.name, .stat = *file});
    } else if (link->kind == LinkKind::directory) {
        const DirectoryId child = state.table.child(reading.id, place.name);
        if (child == no_directory)
            return;  // it is refused, or ignored
        state.table.mark_listed(child, reading.number);
        if (reading.deep)
            state.table.queue(child, true);
        reading.listing.directories.push_back(place.name);
    }
}

void add_link(Reading& reading, std::string_view name) {
    if (!reading.scope.shows(name, false) && !reading.scope.shows(name, true))
        return;
    const NamePlace place{.directory = reading.real, .name = std::string(name)};
    reading.links.insert(place.name);
    list_link(reading, place, FollowFor::listing);
}

void add_entry(Reading& reading, const DirectoryEntry& entry) {
    const std::string_view name = entry.name;
    ++reading.entries;
    if (reading.real == root_directory)
        reading.root_names.insert(root_name(name));
    if (!is_valid_name(name) ||
        reading.listing.directory.size() + 1 + name.size() >= path_bytes_max) {
        note_skipped_name(reading.state, reading.listing.directory, name);
        return;
    }
    // A name that was read a while ago may be something else's by now; of a file stat tells.
    const bool is_sure =
        entry.type == EntryType::regular || (entry.type != EntryType::unknown && !reading.in_parts);
    const EntryType type = is_sure ? entry.type : entry_type(reading.fd, entry.name);
    if (type == EntryType::regular)
        add_file(reading, entry.name);
    else if (type == EntryType::directory)
        add_subdirectory(reading, name);
    else if (type == EntryType::link)
        add_link(reading, name);
    else if (type == EntryType::other && reading.scope.shows(name, false))
        note_special_file(reading.state, join(reading.listing.directory, name));
}

bool has_directory(int fd, const std::string& name) {
    return entry_type(fd, name.c_str()) == EntryType::directory;
}

void list_directory(Reading& reading, const std::string& name) {
    std::vector<std::string>& directories = reading.listing.directories;
    if (std::ranges::find(directories, name) == directories.end())
        directories.push_back(name);
}

/// What was known in the directory and is not there any more.
void drop_unlisted(Reading& reading) {
    TreeState& state = reading.state;
    WatchTable& table = state.table;
    for (const NamePlace& place : state.links.links_in(reading.real)) {
        if (!reading.links.contains(place.name))  // it is gone, or came since the names were read
            list_link(reading, place, FollowFor::change);
    }
    if (reading.is_over())
        return;
    std::vector<std::string> unlisted;
    for (const DirectoryId child : table.children(reading.id)) {
        if (table.is_shown(child) && !table.was_listed(child, reading.number))
            unlisted.push_back(table.name(child));
    }
    for (const std::string& name : unlisted) {
        if (reading.is_over())
            return;
        const DirectoryId child = table.child(reading.id, name);
        if (child == no_directory)
            continue;
        const bool is_shown = reading.scope.shows(name, true);
        const Link* const link = state.links.find({reading.real, name});
        const bool leads_here = link != nullptr && link->kind == LinkKind::directory &&
                                table.is_alias(child) && link->target == table.real(child);
        const bool has_come =
            link == nullptr && reading.in_parts && has_directory(reading.fd, name);
        if (is_shown && (leads_here || has_come))  // since the names were read
            list_directory(reading, name);
        else if (!is_shown || link != nullptr)
            drop_name(state, child, *reading.findings);
        else
            drop_directory(state, reading.real, name, *reading.findings);
    }
}

/// Nothing at all where something may have been: rather a lack of the filesystem than a deletion,
/// which would have been seen. Whether anything is published there the receiver knows.
bool is_suspiciously_empty(const Reading& reading, const OpenedDirectory& opened) {
    if (reading.entries != 0)
        return false;
    return opened.other_device || is_unproved_mount(reading.state, reading.real) ||
           (reading.real == root_directory && reading.state.knows_older_root_names());
}

}  // namespace

std::string words_for_loss(const ErrorCode& error) {
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

bool Scanner::is_tired() const {
    return reading_ != nullptr || std::chrono::steady_clock::now() >= turn_end_;
}

std::optional<std::string_view> Scanner::reading() const noexcept {
    if (reading_ == nullptr)
        return std::nullopt;
    return reading_->listing.directory;
}

/// False: the turn's part has been read.
bool Scanner::spend(std::size_t entries) {
    const std::size_t before = std::exchange(spent_, spent_ + entries);
    if (before != 0 && spent_ > entries_at_once_)
        return false;
    const bool asks_clock =
        before >= entries_beyond_time &&
        before / entries_a_look_at_the_clock != spent_ / entries_a_look_at_the_clock;
    return !asks_clock || std::chrono::steady_clock::now() < turn_end_;
}

void Scanner::read_directory(TreeState& state, WatchTable::Due due, Findings& findings) {
    const WatchTable& table = state.table;
    const DirectoryId real = table.real(due.id);
    if (table.is_dead(real)) {
        drop_name(state, due.id, findings);
        return;
    }
    auto reading = std::make_unique<Reading>(state, findings, due, ++last_listing_);
    auto opened = open_watched(state, real);
    if (opened.has_error()) {
        return is_absence(opened.error()) ? note_absence(*reading, opened.error())
                                          : keep_unread(*reading, opened.error());
    }
    reading->opened = std::move(*opened);
    reading->fd = reading->opened.fd.get();
    reading->deep = reading->deep || reading->opened.replaced;
    reading->error = reader_.begin(reading->fd);
    state.root_changes.clear();
    // Each directory has a turn's entries for itself: none but a huge one is read in parts.
    spent_ = 0;
    reading_ = std::move(reading);
    read_on(state, findings);
}

void Scanner::read_on(TreeState& state, Findings& findings) {
    std::unique_ptr<Reading> reading = std::move(reading_);
    state.reads_in_parts = false;
    if (reading->in_parts && !reading->is_as_put_aside()) {
        if (!reading->is_over() && state.table.is_shown(reading->id))
            state.table.queue(reading->id, reading->deep);
        return;
    }
    reading->findings = &findings;
    if (read_names(*reading) && read_entries(*reading))
        return end(*reading);
    reading->put_aside();
    state.reads_in_parts = true;
    reading_ = std::move(reading);
}

void Scanner::read_again(TreeState& state) {
    if (reading_ != nullptr && !reading_->is_over() && state.table.is_shown(reading_->id))
        state.table.queue(reading_->id, true);
}

/// False: they are not all read.
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
    while (!reading.is_over()) {
        if (!spend(1))
            return false;
        if (!reader_.next(entry))
            return true;
        add_entry(reading, entry);
    }
    return true;
}

/// Names that were read a while ago may not be those that events have told of since.
void Scanner::take_spellings(Reading& reading) {
    TreeState& state = reading.state;
    const bool was_folding = state.spellings.folds(state.table, reading.real);
    if (!reading.in_parts || !was_folding)
        (void)state.spellings.take(state.table, reading.real, reading.fd, reader_);
    if (!reading.in_parts || !state.spellings.folds(state.table, reading.real))
        return;
    if (::lseek(reading.fd, 0, SEEK_SET) == 0 && !reader_.read(reading.fd))
        (void)state.spellings.take(state.table, reading.real, reading.fd, reader_);
    if (!was_folding)  // what events told of meanwhile was taken by the names that were used
        state.table.queue(reading.id, reading.deep);
}

void Scanner::end(Reading& reading) {
    TreeState& state = reading.state;
    WatchTable& table = state.table;
    const DirectoryId real = reading.real;
    const OpenedDirectory& opened = reading.opened;
    if (reading.error.value() == ENOENT)
        return note_absence(reading, reading.error);  // removed since it was opened
    if (reading.is_over())
        return;
    const bool is_suspicious = is_suspiciously_empty(reading, opened);
    if (!reading.error && is_suspicious && real == root_directory && state.has_events()) {
        table.queue(reading.id, reading.deep);  // once a deletion among them is known
        return;
    }
    if (reading.error || is_suspicious) {
        if (!reading.error && (real != root_directory || is_unproved_mount(state, real)))
            doubt_mount(state, real);
        else if (opened.other_device)
            table.set_device(real, opened.known_device);  // so that it is asked again
        return keep_unread(reading, reading.error ? reading.error : system_error(ENODATA));
    }
    table.set_error(real, 0);
    take_spellings(reading);
    note_proved_mount(state, real);
    drop_unlisted(reading);
    if (reading.is_over())
        return;
    if (real == root_directory)
        state.take_root_names(std::move(reading.root_names));
    table.set_listed_files(reading.id, static_cast<std::uint32_t>(reading.listing.files.size()));
    reading.listing.complete = true;
    reading.findings->listings.push_back(std::move(reading.listing));
}

}  // namespace treecast::watcher
