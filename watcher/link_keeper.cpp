#include "watcher/link_keeper.hpp"

#include "base/tree_path.hpp"
#include "watcher/link_walk.hpp"
#include "watcher/mount_points.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <sys/stat.h>

namespace treecast::watcher {

namespace {

/// Watches a directory on the way of a link. Call it before you look up a name in the directory.
void watch_on_the_way(TreeState& state, DirectoryId real) {
    if (state.watches.is_trusted(real))
        return;
    const auto opened = open_watched(state, real);
    if (opened.has_error()) {
        // tend() retries it together with the other directories that have no watch.
        state.health.set_unwatched(real, true);
        return;
    }
    if (opened->replaced) {
        for (const DirectoryId name : state.tree.names_of(real))
            state.scans.add(name, true);
    }
}

enum class StepTo { nothing, file, directory, link, refused, lost };

/// Takes one step of the walk. The caller has recorded the dependency and watched its directory.
StepTo step(TreeState& state, LinkWalk& walk, DirectoryId real, std::vector<DirectoryId>& passed) {
    const std::string at = join(walk.directory(), walk.name());
    if (lies_in_lost_mount(state, at)) {
        walk.found_nothing();
        return StepTo::lost;
    }
    const auto status = state.root.status(at);
    if (status.has_error()) {
        walk.found_nothing();
        return StepTo::nothing;
    }
    if (S_ISDIR(status->st_mode)) {
        const DirectoryId child = state.tree.child(real, walk.name());
        if (child != no_directory && state.tree.is_alias(child)) {
            walk.found_nothing();  // it was a link until now; the event of the change is queued
            return StepTo::nothing;
        }
        const DirectoryId below = state.tree.add_real(real, walk.name(), false);
        state.tree.pin(below);
        passed.push_back(below);
        watch_on_the_way(state, below);
        walk.found_directory();
        return StepTo::directory;
    }
    if (S_ISLNK(status->st_mode)) {
        const auto target = state.root.link_target(at);
        if (target.has_error()) {
            walk.found_nothing();
            return target.error() == make_error_code(Errc::outside_root) ? StepTo::refused
                                                                         : StepTo::nothing;
        }
        walk.found_link(*target);
        return StepTo::link;
    }
    if (!S_ISREG(status->st_mode)) {
        walk.found_nothing();
        return StepTo::nothing;
    }
    walk.found_file();
    return StepTo::file;
}

struct Followed {
    Link link;
    bool is_link = false;
    bool is_lost = false;             // it leads into a lost mount
    std::vector<DirectoryId> passed;  // directories on the way, one entry for each pin
    std::string refusal;
};

Followed follow(TreeState& state, const NamePlace& place) {
    Followed followed;
    LinkWalk walk(state.tree.path(place.directory), place.name);
    StepTo last = StepTo::nothing;
    while (!walk.outcome()) {
        const DirectoryId real = state.tree.at_path(walk.directory());
        NamePlace dependency{.directory = real, .name = walk.name()};
        auto& dependencies = followed.link.dependencies;
        if (std::find(dependencies.begin(), dependencies.end(), dependency) == dependencies.end())
            dependencies.push_back(std::move(dependency));
        const bool is_first = followed.link.dependencies.size() == 1 && followed.passed.empty();
        last = step(state, walk, real, followed.passed);
        if (is_first)
            followed.is_link = last == StepTo::link || last == StepTo::refused;
    }
    followed.is_lost = last == StepTo::lost;
    using Outcome = LinkWalk::Outcome;
    if (last == StepTo::refused || *walk.outcome() == Outcome::outside_root)
        followed.refusal = "it leads out of the root";
    else if (*walk.outcome() == Outcome::too_many_links)
        followed.refusal = "more than 40 links on the way";
    if (!followed.refusal.empty()) {
        followed.link.kind = LinkKind::refused;
    } else if (*walk.outcome() == Outcome::file) {
        followed.link.kind = LinkKind::file;
    } else if (*walk.outcome() == Outcome::directory) {
        followed.link.kind = LinkKind::directory;
        followed.link.target = state.tree.at_path(walk.directory());
    }
    return followed;
}

std::vector<DirectoryId> directories_of(const Link& link) {
    std::vector<DirectoryId> all;
    for (const NamePlace& dependency : link.dependencies)
        all.push_back(dependency.directory);
    if (link.target != no_directory)
        all.push_back(link.target);
    return all;
}

/// Adds, keeps or removes the alias for the link in `above`, one of the names of its directory.
void update_alias(
    TreeState& state,
    DirectoryId above,
    const std::string& name,
    const Link& link,
    Findings& findings
) {
    DirectoryTree& tree = state.tree;
    const DirectoryId known = tree.child(above, name);
    const bool leads =
        link.kind == LinkKind::directory && state.hiding.scope(tree.path(above)).shows(name, true);
    if (known != no_directory && tree.is_alias(known)) {
        if (leads && tree.real(known) == link.target)
            return;
        drop_name(state, known, findings);
    }
    if (!leads)
        return;
    if (tree.leads_through(above, link.target)) {
        refuse_link(state, join(tree.path(above), name), "it leads back to a directory above it");
    } else if (state.alias_paths() >= state.alias_paths_max) {
        refuse_link(state, join(tree.path(above), name), "too many paths through links");
    } else {
        state.scans.add(tree.add_alias(above, name, link.target), true);
    }
}

}  // namespace

void forget_link(TreeState& state, const NamePlace& place, Findings& findings) {
    const Link* const known = state.links.find(place);
    if (known == nullptr)
        return;
    const Link old = *known;
    state.links.erase(place);
    if (old.kind == LinkKind::directory) {
        for (const DirectoryId above : state.tree.names_of(place.directory))
            update_alias(state, above, place.name, Link{}, findings);
    }
    for (const DirectoryId directory : directories_of(old))
        state.tree.unpin(directory);
}

/// Has everything behind a link to a directory listed again.
void list_again(TreeState& state, const NamePlace& place) {
    for (const DirectoryId above : state.tree.names_of(place.directory)) {
        const DirectoryId alias = state.tree.child(above, place.name);
        if (alias != no_directory && state.tree.is_alias(alias))
            state.scans.add(alias, true);
    }
}

/// Whether the link resolves as before, up to the lost mount that ends the walk.
bool resolves_as_before(const Followed& followed, const Link& known) {
    const auto& now = followed.link.dependencies;
    return now.size() <= known.dependencies.size() &&
           std::equal(now.begin(), now.end(), known.dependencies.begin());
}

const Link* follow_link(
    TreeState& state,
    const NamePlace& place,
    FollowFor purpose,
    Findings& findings,
    DirectoryId listed
) {
    DirectoryTree& tree = state.tree;
    Followed followed = follow(state, place);
    const Link* const known = state.links.find(place);
    if (followed.is_lost && known != nullptr && resolves_as_before(followed, *known)) {
        for (const DirectoryId directory : followed.passed)
            tree.unpin(directory);
        return known;
    }
    const Link old = known != nullptr ? *known : Link{};
    if (!followed.is_link) {
        forget_link(state, place, findings);
    } else {
        // The directory that had the name before is gone, even if its event is still queued.
        if (const DirectoryId before = tree.child(place.directory, place.name);
            before != no_directory && !tree.is_alias(before))
            drop_directory(state, place.directory, place.name, findings);
        if (followed.link.kind == LinkKind::file && old.kind != LinkKind::file &&
            state.alias_paths() >= state.alias_paths_max) {
            followed.link.kind = LinkKind::refused;
            followed.refusal = "too many paths through links";
        }
        if (!followed.refusal.empty())
            refuse_link(state, join(tree.path(place.directory), place.name), followed.refusal);
        for (const DirectoryId directory : directories_of(followed.link))
            tree.pin(directory);
        state.links.set(place, followed.link);
        if (listed != no_directory && known != nullptr && old == followed.link) {
            update_alias(state, listed, place.name, followed.link, findings);
        } else {
            for (const DirectoryId above : tree.names_of(place.directory))
                update_alias(state, above, place.name, followed.link, findings);
        }
        for (const DirectoryId directory : directories_of(old))
            tree.unpin(directory);
    }
    for (const DirectoryId directory : followed.passed)
        tree.unpin(directory);
    const bool is_file = followed.is_link && followed.link.kind == LinkKind::file;
    const bool is_directory = followed.is_link && followed.link.kind == LinkKind::directory;
    const bool leads_elsewhere =
        old.target != followed.link.target || old.dependencies != followed.link.dependencies;
    if (purpose != FollowFor::listing && (is_file || is_directory) &&
        old.kind != LinkKind::nothing && (leads_elsewhere || purpose == FollowFor::exchange))
        add_exchange(state, place, findings);
    if (purpose == FollowFor::exchange && is_directory && !leads_elsewhere)
        list_again(state, place);
    if (purpose != FollowFor::listing && followed.is_link && !is_file && !is_directory)
        add_gone(state, place, findings);
    // A link that no longer leads to a file is reported for a listing too: the listing covers only
    // one name, and the event that follows finds the link unchanged. A link that led to no file
    // before is reported too: a file may have appeared and vanished between two reads of events,
    // and the receiver may have seen it.
    const bool lost_file = !is_file && old.kind == LinkKind::file;
    const bool was_directory = is_directory && old.kind == LinkKind::directory;
    if (lost_file || (purpose != FollowFor::listing && followed.is_link && !was_directory))
        add_change(state, place, {.created = is_file, .gone = !is_file}, {}, findings);
    return state.links.find(place);
}

std::optional<FileStat> file_behind(const TreeState& state, const Link& link) {
    const NamePlace& file = link.dependencies.back();
    const auto status = state.root.status(join(state.tree.path(file.directory), file.name));
    if (status.has_error() || !S_ISREG(status->st_mode))
        return std::nullopt;
    return file_stat_of(*status);
}

namespace {

/// Whether a name needs a check. A name that is unknown, and hidden under all names of its
/// directory, has no effect whatever it is now. Most saves begin with such a file, so this avoids a
/// stat.
bool is_relevant(
    const TreeState& state,
    const NamePlace& place,
    std::span<const DirectoryId> names
) {
    if (state.tree.child(place.directory, place.name) != no_directory ||
        state.links.find(place) != nullptr)
        return true;
    return std::ranges::any_of(names, [&](DirectoryId above) {
        const Hiding::Scope scope = state.hiding.scope(state.tree.path(above));
        return scope.shows(place.name, false) || scope.shows(place.name, true);
    });
}

/// Whether one of the names that lead to what is behind the link appeared or vanished. The name of
/// a file itself does not count.
bool is_exchanged(const Link& link, const NamePlaces& renamed) {
    const auto end = link.dependencies.end() - (link.kind == LinkKind::file ? 1 : 0);
    return std::any_of(link.dependencies.begin(), end, [&](const NamePlace& dependency) {
        return renamed.contains(dependency);
    });
}

/// Stats a name that an event concerned, and updates the directories and links known by it.
void refresh_name(
    TreeState& state,
    const NamePlace& place,
    const NamePlaces& renamed,
    Findings& findings
) {
    DirectoryTree& tree = state.tree;
    const auto names = tree.names_of(place.directory);
    // The directory may have been forgotten, and its number reused: checking the name in another
    // real directory does no harm. A directory that has left its place is removed together with
    // the links to it.
    if (names.empty() || tree.is_alias(place.directory) || tree.is_dead(place.directory))
        return;
    if (!is_relevant(state, place, names))
        return;
    // A directory that folds case also finds a file under this spelling that is now listed in
    // another one.
    if (state.spellings.folds(tree, place.directory) &&
        !state.spellings.has(place.directory, place.name))
        return forget_link(state, place, findings);
    const auto status = state.root.status(join(tree.path(place.directory), place.name));
    if (status.has_error() || !S_ISDIR(status->st_mode)) {
        if (!status.has_error() && !S_ISREG(status->st_mode) && !S_ISLNK(status->st_mode))
            for (const DirectoryId above : names)
                if (state.hiding.scope(tree.path(above)).shows(place.name, false))
                    note_special_file(state, join(tree.path(above), place.name));
        const DirectoryId known = tree.child(place.directory, place.name);
        if (!status.has_error() && known != no_directory && !tree.is_alias(known))
            drop_directory(state, place.directory, place.name, findings);
        const Link* const link = state.links.find(place);
        const bool exchanged = link != nullptr && is_exchanged(*link, renamed);
        if (link != nullptr || (!status.has_error() && S_ISLNK(status->st_mode)))
            (void)follow_link(
                state,
                place,
                exchanged ? FollowFor::exchange : FollowFor::change,
                findings
            );
        return;
    }
    forget_link(state, place, findings);
    // Asks for the names again, since some may have led through the link just removed.
    for (const DirectoryId above : tree.names_of(place.directory)) {
        if (state.hiding.scope(tree.path(above)).shows(place.name, true))
            (void)add_directory(state, above, place.name, false);
    }
}

}  // namespace

void refresh_touched_names(TreeState& state, Findings& findings) {
    const NamePlaces renamed = std::exchange(state.renamed, {});
    while (true) {
        const auto touched = std::exchange(state.touched, {});
        const auto unnamed = state.tree.take_unnamed();
        if (touched.empty() && unnamed.empty())
            return;
        NamePlaces seen;
        for (const NamePlace& place : touched) {
            if (seen.insert(place).second)
                refresh_name(state, place, renamed, findings);
        }
        for (const DirectoryId directory : unnamed) {
            if (!state.tree.names_of(directory).empty())
                continue;
            for (const NamePlace& place : state.links.links_in(directory))
                forget_link(state, place, findings);
        }
    }
}

}  // namespace treecast::watcher
