#include "watcher/events.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"
#include "watcher/link_keeper.hpp"
#include "watcher/mount_points.hpp"
#include "watcher/watch_budget.hpp"

#include <treecast/limits.hpp>

#include <algorithm>
#include <cerrno>
#include <string>

#include <sys/inotify.h>
#include <sys/stat.h>

namespace treecast::watcher {

namespace {

void queue_names(TreeState& state, DirectoryId real, bool deep) {
    for (const DirectoryId name : state.tree.names_of(real))
        state.scans.add(name, deep);
}

/// Handles the last event of a watch: its directory was deleted or its filesystem unmounted.
void watch_ended(TreeState& state, DirectoryId real, Findings& findings) {
    DirectoryTree& tree = state.tree;
    state.watches.set(real, no_watch);
    if (real == root_directory) {
        state.root_in_doubt = true;
    } else if (state.health.error(real) == 0) {
        // This may be wrong if the directory above is not watched. The scan of that one decides.
        const DirectoryId above = tree.parent(real);
        drop_directory(state, above, std::string(tree.name(real)), findings);
        queue_names(state, above, false);
    }
}

/// Handles an event on a watched directory itself.
void apply_to_itself(TreeState& state, DirectoryId real, const InotifyEvent& event) {
    DirectoryTree& tree = state.tree;
    if (event.is_unmounted()) {
        state.health.set_error(real, ENODEV);
        state.mounts.in_doubt = true;
    }
    const bool is_elsewhere = event.has(IN_DELETE_SELF | IN_MOVE_SELF);
    if (real == root_directory)
        state.root_in_doubt = state.root_in_doubt || !event.has(IN_ATTRIB);
    else if (is_elsewhere && state.health.is_unwatched(tree.parent(real)))
        queue_names(state, tree.parent(real), false);
    // The new permissions may have made the directory readable. For the root they may also have
    // made it unreadable; other directories get that event from the watch of the directory above.
    const bool is_lost = state.health.error(real) != 0;
    if (event.has(IN_ATTRIB) && (is_lost || real == root_directory))
        queue_names(state, real, is_lost);
}

/// Handles a name that appeared or vanished: the directories and links known by it are out of date.
/// refresh_touched_names() checks what is there now, after all events of the batch. The order of
/// the events does not show it: when two names are exchanged, each appears before it vanishes.
void apply_to_structure(
    TreeState& state,
    const NamePlace& place,
    const InotifyEvent& event,
    Findings& findings
) {
    DirectoryTree& tree = state.tree;
    const auto& [real, name] = place;
    if (event.name_disappeared() || event.has(IN_MOVED_TO))
        remove_points(state, place);
    if (event.is_of_directory() && event.name_disappeared() &&
        tree.child(real, name) == no_directory)
        add_gone(state, place, findings);
    // A directory created under this name is the one that a scan may have found there meanwhile,
    // so it stays. A directory moved there may have been watched elsewhere and have content, so it
    // is added anew.
    if (event.name_disappeared() || event.has(IN_MOVED_TO) || !event.is_of_directory())
        drop_directory(state, real, name, findings);
    else
        touch_dependents(state, real, name);
    if (event.name_disappeared())
        forget_link(state, place, findings);
    if (event.has(IN_MOVED_TO) && event.is_of_directory())
        add_exchange(state, place, findings);
    state.touched.push_back(place);
    state.renamed.insert(place);
    if (real == root_directory)
        state.note_root_name(name, event.name_appeared());
}

/// Reports a changed file under its own paths and under those of all links that lead to it.
void apply_to_file(
    TreeState& state,
    const NamePlace& place,
    const InotifyEvent& event,
    Findings& findings
) {
    const Signs signs = signs_of(event.mask);
    const OpenersChange openers = OpenersChange::of(event.mask);
    add_change(state, place, signs, openers, findings);
    if (state.links.empty())
        return;
    for (const NamePlace& dependent : state.links.dependents(place)) {
        const Link* const link = state.links.find(dependent);
        if (link->kind == LinkKind::file && link->dependencies.back() == place &&
            dependent != place)
            add_change(state, dependent, signs, openers, findings);
    }
}

/// Reports the opens in this directory from now on if the file belongs to a user on whose files we
/// may take no lease. Does so at the event, not at the later stat of the file, so that no open in
/// between is missed. True if this call turned the reports on.
bool report_opens_if_foreign(TreeState& state, const NamePlace& place) {
    if (state.leases == LeaseRights::of_all() || state.watches.reports_opens(place.directory))
        return false;
    const auto status = state.root.status(join(state.tree.path(place.directory), place.name));
    if (!status || !S_ISREG(status->st_mode) || state.leases.reach(status->st_uid))
        return false;
    report_opens(state, place.directory);
    return true;
}

void apply_to_name(
    TreeState& state,
    DirectoryId real,
    const InotifyEvent& event,
    Findings& findings
) {
    DirectoryTree& tree = state.tree;
    if (!is_valid_name(event.name))  // goes on, since links may still lead to it or through it
        note_skipped_name(state, tree.path(real), event.name);
    const NamePlace place{.directory = real, .name = std::string(event.name)};
    if (event.is_open_or_close())
        return apply_to_file(state, place, event, findings);
    if (event.name_appeared() || event.name_disappeared())
        apply_to_structure(state, place, event, findings);
    if (!event.is_of_directory()) {
        const bool is_new_owner =
            event.has(IN_CREATE | IN_MOVED_TO | IN_ATTRIB) && report_opens_if_foreign(state, place);
        apply_to_file(state, place, event, findings);
        // The creator's own open came before these reports were turned on.
        if (is_new_owner && event.has(IN_CREATE))
            add_change(state, place, {}, OpenersChange::of(IN_OPEN), findings);
    }
    const DirectoryId below = tree.child(real, event.name);
    // The new permissions may have made the directory readable or unreadable.
    if (event.has(IN_ATTRIB) && event.is_of_directory() && below != no_directory &&
        !tree.is_alias(below))
        queue_names(state, below, true);
    // Reads the rules again when their writer closes the file, not at each write: they may be
    // incomplete before that.
    if (event.name == ignore_file_name && (event.mask & ~std::uint32_t{IN_MODIFY}) != 0)
        queue_names(state, real, true);
}

/// Reads the names of a directory that folds case again, once a batch: the names then match the
/// state after all events of the batch. Applies each name that appeared or vanished as an event, in
/// the spelling that the directory lists.
void read_spellings(
    TreeState& state,
    DirectoryId real,
    const InotifyEvent& event,
    Findings& findings
) {
    std::vector<DirectoryId>& read = findings.respelled;
    if (std::ranges::find(read, real) != read.end())
        return;
    read.push_back(real);
    DirectoryReader reader;
    const auto directory = state.root.open_directory(state.tree.path(real));
    if (directory.has_error() || reader.read(directory->get()))
        return queue_names(state, real, false);
    const auto difference = state.spellings.update(state.tree, real, directory->get(), reader);
    for (const std::string& name : difference.removed) {
        const bool is_directory = state.tree.child(real, name) != no_directory;
        apply_to_name(
            state,
            real,
            {.watch = event.watch,
             .mask = IN_DELETE | (is_directory ? std::uint32_t{IN_ISDIR} : 0U),
             .name = name},
            findings
        );
    }
    for (const std::string& name : difference.added) {
        if (name == event.name)
            continue;
        const bool is_directory =
            entry_type(directory->get(), name.c_str()) == EntryType::directory;
        apply_to_name(
            state,
            real,
            {.watch = event.watch,
             .mask = IN_MOVED_TO | (is_directory ? std::uint32_t{IN_ISDIR} : 0U),
             .name = name},
            findings
        );
    }
}

/// Applies an event in a directory that folds case. The event may carry a spelling by which the
/// directory finds the file but which it does not list.
void apply_to_folded_name(
    TreeState& state,
    DirectoryId real,
    const InotifyEvent& event,
    Findings& findings
) {
    const std::uint32_t generation = state.tree.generation(real);
    if (event.name_appeared() || event.name_disappeared() || !state.spellings.has(real, event.name))
        read_spellings(state, real, event, findings);
    if (state.tree.generation(real) != generation)
        return;
    // The directory's first name with a letter may have shown that it does not fold case.
    if (!state.spellings.folds(state.tree, real) || state.spellings.has(real, event.name))
        return apply_to_name(state, real, event, findings);
    if (event.name_disappeared())
        return;  // read_spellings() has reported it in the spelling that was listed
    const auto directory = state.root.open_directory(state.tree.path(real));
    if (directory.has_error())
        return queue_names(state, real, false);
    const auto names = state.spellings.names_of(real, directory->get(), std::string(event.name));
    if (names.empty())
        queue_names(state, real, false);
    for (const std::string& name : names) {
        InotifyEvent own = event;
        own.name = name;
        apply_to_name(state, real, own, findings);
    }
}

/// Handles an event on a directory or link that the root's path leads through. It was moved,
/// removed or replaced, so the path may lead elsewhere.
void apply_to_root_path(TreeState& state, const InotifyEvent& event) {
    if (event.is_open_or_close() || !state.path_watches.contains(event.watch))
        return;
    state.root_in_doubt = true;
    if (event.watch_is_gone())
        state.path_watches.forget(event.watch);
}

/// Handles an event of a watch on a single file. False if the watch is not one.
bool apply_to_watched_file(TreeState& state, const InotifyEvent& event, Findings& findings) {
    const auto* const paths = state.file_watches.paths_of(event.watch);
    const auto* const mounted = state.mounted_files.paths_of(event.watch);
    if (paths != nullptr)
        for (const std::string& path : *paths)
            findings.changes.add(path, signs_of(event.mask), OpenersChange::of(event.mask));
    if (mounted != nullptr) {
        for (const std::string& path : *mounted) {
            const DirectoryId directory = state.tree.at_path(parent_of(path));
            if (directory != no_directory)
                apply_to_file(
                    state,
                    {.directory = state.tree.real(directory), .name = std::string(name_of(path))},
                    event,
                    findings
                );
        }
    }
    const bool is_file = paths != nullptr || mounted != nullptr;
    if (is_file && event.watch_is_gone()) {
        state.file_watches.forget(event.watch);
        state.mounted_files.forget(event.watch);
        state.mounts.in_doubt = mounted != nullptr || state.mounts.in_doubt;
    }
    return is_file;
}

}  // namespace

void apply_events(TreeState& state, std::span<const std::byte> bytes, Findings& findings) {
    InotifyDecoder decoder(bytes);
    InotifyEvent event;
    while (decoder.next(event)) {
        if (event.is_overflow()) {
            ++state.report.overflows;
            log::warn("events were lost (inotify queue overflow): the tree is read again");
            queue_whole_tree(state);
            state.root_in_doubt = true;
            continue;
        }
        if (event.is_open_or_close() && event.is_of_directory())
            continue;              // someone lists a directory, perhaps our own scan
        if (event.name.empty()) {  // about the watched file or directory itself
            apply_to_root_path(state, event);
            if (apply_to_watched_file(state, event, findings))
                continue;
        }
        // Without a directory for the watch, the event has no effect: the directory was moved or
        // removed, and its new place is scanned after this event.
        for (const DirectoryId real : state.watches.directories_of(event.watch)) {
            if (event.watch_is_gone())
                watch_ended(state, real, findings);
            else if (event.name.empty())
                apply_to_itself(state, real, event);
            else if (state.spellings.folds(state.tree, real))
                apply_to_folded_name(state, real, event, findings);
            else
                apply_to_name(state, real, event, findings);
        }
    }
}

}  // namespace treecast::watcher
