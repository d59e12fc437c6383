#include "watcher/scan.hpp"

#include "watcher/ignore_file.hpp"
#include "watcher/link_keeper.hpp"
#include "watcher/mount_keeper.hpp"

#include <treecast/limits.hpp>
#include <treecast/log.hpp>
#include <treecast/tree_path.hpp>

#include <cerrno>
#include <string>
#include <unordered_set>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

namespace treecast::watcher {

namespace {

/// One reading of one directory, by one of its names.
struct Reading {
    Reading(TreeState& tree, Findings& found, WatchTable::Due due, std::uint32_t listing_number)
        : state(tree),
          findings(found),
          id(due.id),
          life(tree.table.life(due.id)),
          real(tree.table.real(due.id)),
          deep(due.deep),
          number(listing_number) {
        listing.directory = tree.table.path(due.id);
    }

    /// Following one of its links has dropped this very name.
    bool is_over() const { return state.table.life(id) != life; }

    TreeState& state;
    Findings& findings;
    const DirectoryId id;
    const std::uint32_t life;
    const DirectoryId real;
    bool deep;
    const std::uint32_t number;
    int fd = -1;
    Listing listing;
    Hiding::Scope scope;
    std::unordered_set<std::string> links;  // names
    std::size_t entries = 0;
    RootNames root_names;  // if it is the root
};

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
    reading.findings.listings.push_back(std::move(reading.listing));
}

/// It is not at its place any more, for all that can be told.
void note_absence(Reading& reading, const ErrorCode& error) {
    TreeState& state = reading.state;
    const WatchTable& table = state.table;
    const DirectoryId real = reading.real;
    if (real == root_directory)
        state.root_in_doubt = true;
    else if (absence_counts(state, table.parent(real)))
        drop_directory(state, table.parent(real), std::string(table.name(real)), reading.findings);
    else
        keep_unread(reading, error);
}

void add_subdirectory(Reading& reading, std::string_view name) {
    if (!reading.scope.shows(name, true))
        return;
    TreeState& state = reading.state;
    if (!state.links.empty())
        forget_link(state, {reading.real, std::string(name)}, reading.findings);
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
    reading.listing.files.push_back({.name = name, .stat = file_stat_of(status)});
}

void add_link(Reading& reading, std::string_view name) {
    if (!reading.scope.shows(name, false) && !reading.scope.shows(name, true))
        return;
    TreeState& state = reading.state;
    const NamePlace place{.directory = reading.real, .name = std::string(name)};
    reading.links.insert(place.name);
    const Link* const link =
        follow_link(state, place, FollowFor::listing, reading.findings, reading.id);
    if (link == nullptr || reading.is_over())
        return;
    if (link->kind == LinkKind::file && reading.scope.shows(name, false)) {
        if (const auto file = file_behind(state, *link))
            reading.listing.files.push_back({.name = place.name, .stat = *file});
    } else if (link->kind == LinkKind::directory) {
        const DirectoryId child = state.table.child(reading.id, name);
        if (child == no_directory)
            return;  // it is refused, or ignored
        state.table.mark_listed(child, reading.number);
        if (reading.deep)
            state.table.queue(child, true);
        reading.listing.directories.push_back(place.name);
    }
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
    const EntryType type =
        entry.type == EntryType::unknown ? entry_type(reading.fd, entry.name) : entry.type;
    if (type == EntryType::regular)
        add_file(reading, entry.name);
    else if (type == EntryType::directory)
        add_subdirectory(reading, name);
    else if (type == EntryType::link)
        add_link(reading, name);
    else if (type == EntryType::other && reading.scope.shows(name, false))
        note_special_file(reading.state, join(reading.listing.directory, name));
}

/// What was known in the directory and is not there any more.
void drop_unlisted(Reading& reading) {
    TreeState& state = reading.state;
    WatchTable& table = state.table;
    for (const NamePlace& place : state.links.links_in(reading.real)) {
        if (!reading.links.contains(place.name))
            (void)follow_link(state, place, FollowFor::change, reading.findings);
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
        const bool exists =
            !reading.scope.shows(name, true) || state.links.find({reading.real, name}) != nullptr;
        if (exists)
            drop_name(state, child, reading.findings);
        else
            drop_directory(state, reading.real, name, reading.findings);
    }
}

/// Nothing at all where something may have been: rather a lack of the filesystem than a deletion,
/// which would have been seen. Whether anything is published there the receiver knows.
bool is_suspiciously_empty(const Reading& reading, const OpenedDirectory& opened) {
    if (reading.entries != 0)
        return false;
    return opened.other_device || is_unproved_mount(reading.state, reading.real) ||
           (reading.real == root_directory && !reading.state.root_names.empty());
}

}  // namespace

std::string words_for_loss(const ErrorCode& error) {
    if (error.value() == ENODEV)
        return "its filesystem is gone";
    if (error.value() == ENODATA)
        return "it is empty all at once; 'treecast forget' says that this is meant";
    return error.message();
}

void Scanner::read_directory(TreeState& state, WatchTable::Due due, Findings& findings) {
    WatchTable& table = state.table;
    const DirectoryId real = table.real(due.id);
    if (table.is_dead(real)) {
        drop_name(state, due.id, findings);
        return;
    }
    Reading reading(state, findings, due, ++last_listing_);
    const auto opened = open_watched(state, real);
    if (opened.has_error()) {
        return is_absence(opened.error()) ? note_absence(reading, opened.error())
                                          : keep_unread(reading, opened.error());
    }
    reading.fd = opened->fd.get();
    reading.deep = reading.deep || opened->replaced;
    const ErrorCode error = reader_.read(reading.fd);
    if (error.value() == ENOENT)
        return note_absence(reading, error);  // removed since it was opened
    read_ignore_file(state, due.id, reader_);
    reading.scope = state.hiding.scope(reading.listing.directory);
    DirectoryEntry entry;
    while (!reading.is_over() && reader_.next(entry))
        add_entry(reading, entry);
    if (reading.is_over())
        return;
    const bool is_suspicious = is_suspiciously_empty(reading, *opened);
    if (!error && is_suspicious && real == root_directory && state.inotify.has_events()) {
        table.queue(due.id, reading.deep);  // once it is known whether a deletion is among them
        return;
    }
    if (error || is_suspicious) {
        if (!error && (real != root_directory || is_unproved_mount(state, real)))
            doubt_mount(state, real);
        else if (opened->other_device)
            table.set_device(real, opened->known_device);  // so that it is asked again
        return keep_unread(reading, error ? error : system_error(ENODATA));
    }
    table.set_error(real, 0);
    (void)state.spellings.take(table, real, reading.fd, reader_);
    note_proved_mount(state, real);
    drop_unlisted(reading);
    if (reading.is_over())
        return;
    if (real == root_directory)
        state.root_names = std::move(reading.root_names);
    table.set_listed_files(due.id, static_cast<std::uint32_t>(reading.listing.files.size()));
    reading.listing.complete = true;
    findings.listings.push_back(std::move(reading.listing));
}

}  // namespace treecast::watcher
