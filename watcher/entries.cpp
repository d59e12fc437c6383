#include "watcher/entries.hpp"

#include "base/tree_path.hpp"
#include "watcher/link_keeper.hpp"
#include "watcher/watch_budget.hpp"

#include <treecast/limits.hpp>

#include <algorithm>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

namespace treecast::watcher {

namespace {

void add_subdirectory(Reading& reading, std::string_view name) {
    if (!reading.scope.shows(name, true))
        return;
    TreeState& state = reading.state;
    if (!state.links.empty())
        forget_link(state, {reading.real, std::string(name)}, *reading.findings);
    if (reading.is_dropped())
        return;
    const DirectoryId child = add_directory(state, reading.id, name, reading.deep);
    if (child == no_directory)
        return;
    state.tree.mark_listed(child, reading.number);
    reading.listing.directories.emplace_back(name);
}

void add_file(Reading& reading, const char* name) {
    if (!reading.scope.shows(name, false))
        return;
    struct stat status {};
    if (::fstatat(reading.fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
        return;  // it has vanished or changed its type since: an event is queued
    if (!reading.state.leases.reach(status.st_uid))
        report_opens(reading.state, reading.real);
    reading.listing.files.push_back({.name = name, .stat = file_stat_of(status)});
}

/// Lists the target of the link under the link's name.
void list_link(Reading& reading, const NamePlace& place, FollowFor purpose) {
    TreeState& state = reading.state;
    // A link that appeared after the names were read is new under every name of its directory, so
    // all of them are updated.
    const DirectoryId listed = purpose == FollowFor::listing ? reading.id : no_directory;
    const Link* const link = follow_link(state, place, purpose, *reading.findings, listed);
    if (link == nullptr || reading.is_dropped())
        return;
    if (link->kind == LinkKind::file && reading.scope.shows(place.name, false)) {
        const auto file = file_behind(state, *link);
        if (file && !state.leases.reach(file->owner))
            report_opens(state, link->dependencies.back().directory);
        if (file)
            reading.listing.files.push_back({.name = place.name, .stat = *file});
    } else if (link->kind == LinkKind::directory) {
        const DirectoryId child = state.tree.child(reading.id, place.name);
        if (child == no_directory)
            return;  // the link is refused or ignored
        state.tree.mark_listed(child, reading.number);
        if (reading.deep)
            state.scans.add(child, true);
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

bool has_directory(int fd, const std::string& name) {
    return entry_type(fd, name.c_str()) == EntryType::directory;
}

void list_directory(Reading& reading, const std::string& name) {
    std::vector<std::string>& directories = reading.listing.directories;
    if (std::ranges::find(directories, name) == directories.end())
        directories.push_back(name);
}

}  // namespace

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
    // In a directory that is read in parts, a name may mean something else by now, so its type is
    // checked again. For a regular file, add_file() does that.
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

void drop_unlisted(Reading& reading) {
    TreeState& state = reading.state;
    DirectoryTree& tree = state.tree;
    for (const NamePlace& place : state.links.links_in(reading.real)) {
        // It has vanished, or it appeared after the names were read.
        if (!reading.links.contains(place.name))
            list_link(reading, place, FollowFor::change);
    }
    if (reading.is_dropped())
        return;
    std::vector<std::string> unlisted;
    for (const DirectoryId child : tree.children(reading.id)) {
        if (tree.is_shown(child) && !tree.was_listed(child, reading.number))
            unlisted.push_back(tree.name(child));
    }
    for (const std::string& name : unlisted) {
        if (reading.is_dropped())
            return;
        const DirectoryId child = tree.child(reading.id, name);
        if (child == no_directory)
            continue;
        const bool is_shown = reading.scope.shows(name, true);
        const Link* const link = state.links.find({reading.real, name});
        const bool leads_here = link != nullptr && link->kind == LinkKind::directory &&
                                tree.is_alias(child) && link->target == tree.real(child);
        const bool has_come =
            link == nullptr && reading.in_parts && has_directory(reading.fd, name);
        // It appeared after the names were read.
        if (is_shown && (leads_here || has_come))
            list_directory(reading, name);
        else if (!is_shown || link != nullptr)
            drop_name(state, child, *reading.findings);
        else
            drop_directory(state, reading.real, name, *reading.findings);
    }
}

}  // namespace treecast::watcher
