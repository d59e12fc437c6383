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
        return;  // gone again, or another now: the event is in the queue
    if (!reading.state.leases.reach(status.st_uid))
        report_opens(reading.state, reading.real);
    reading.listing.files.push_back({.name = name, .stat = file_stat_of(status)});
}

/// What the link leads to is listed under its name.
void list_link(Reading& reading, const NamePlace& place, FollowFor purpose) {
    TreeState& state = reading.state;
    // One that came since is new under all names of its directory.
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
            return;  // it is refused, or ignored
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

void drop_unlisted(Reading& reading) {
    TreeState& state = reading.state;
    DirectoryTree& tree = state.tree;
    for (const NamePlace& place : state.links.links_in(reading.real)) {
        if (!reading.links.contains(place.name))  // it is gone, or came since the names were read
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
        if (is_shown && (leads_here || has_come))  // since the names were read
            list_directory(reading, name);
        else if (!is_shown || link != nullptr)
            drop_name(state, child, *reading.findings);
        else
            drop_directory(state, reading.real, name, *reading.findings);
    }
}

}  // namespace treecast::watcher
