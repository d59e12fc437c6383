#include "watcher/watcher.hpp"

#include "base/tree_path.hpp"
#include "watcher/mount_keeper.hpp"
#include "watcher/pipeline.hpp"
#include "watcher/scan.hpp"
#include "watcher/structure.hpp"
#include "watcher/tending.hpp"
#include "watcher/watch_budget.hpp"

#include <utility>

#include <sys/stat.h>

namespace treecast::watcher {

namespace {

struct Closest {
    DirectoryId directory = root_directory;
    std::string_view name;  // of the path, in it: the first that is no directory known here
};

/// The deepest directory above `path` that is known.
Closest closest_directory(const WatchTable& table, std::string_view path) {
    Closest closest;
    while (true) {
        const auto slash = path.find('/');
        closest.name = path.substr(0, slash);
        if (slash == path.npos)
            return closest;
        const DirectoryId child = table.child(closest.directory, closest.name);
        if (child == no_directory)
            return closest;
        closest.directory = child;
        path = path.substr(slash + 1);
    }
}

const Link* link_at(const TreeState& state, const Closest& closest) {
    if (state.links.empty())
        return nullptr;
    return state.links.find(
        {.directory = state.table.real(closest.directory), .name = std::string(closest.name)}
    );
}

/// The real directory that has the entry of the file behind `path`.
DirectoryId directory_of_file(const TreeState& state, std::string_view path) {
    const Closest closest = closest_directory(state.table, path);
    const Link* const link = link_at(state, closest);
    return link != nullptr && link->kind == LinkKind::file ? link->dependencies.back().directory
                                                           : state.table.real(closest.directory);
}

/// Whoever opens the path would come through, to what is served elsewhere.
bool leads_through_refused_link(const TreeState& state, std::string_view path) {
    const Closest closest = closest_directory(state.table, path);
    const Link* const link = link_at(state, closest);
    if (link == nullptr)
        return false;
    return link->kind == LinkKind::refused ||
           (link->kind == LinkKind::directory &&
            state.table.leads_through(closest.directory, link->target));
}

}  // namespace

class Watcher::State {
public:
    State(TreeRoot& root, const WatcherOptions& options) : pipeline(root, options) {}

    Pipeline pipeline;
};

Watcher::Watcher(TreeRoot& root, WatcherOptions options)
    : state_(std::make_unique<State>(root, options)) {}

Watcher::~Watcher() = default;

int Watcher::descriptor() const noexcept {
    return state_->pipeline.state().inotify.descriptor();
}

Batch Watcher::read(bool& drained, std::size_t events_max) {
    return state_->pipeline.read(drained, events_max);
}

bool Watcher::has_told_all(std::string_view path) const {
    const TreeState& state = state_->pipeline.state();
    if (state.events_left)
        return false;
    if (state.waiting.empty())
        return true;
    const auto is_waiting = [&](const std::optional<WatchDescriptor>& watch) {
        return watch && state.waiting.has(*watch);
    };
    const std::string name(path);
    return !is_waiting(state.table.watch(directory_of_file(state, path))) &&
           !is_waiting(state.file_watches.watch_of(name)) &&
           !is_waiting(state.mounted_files.watch_of(name));
}

bool Watcher::has_events() const noexcept {
    return state_->pipeline.state().inotify.has_events();
}

bool Watcher::scanning() const noexcept {
    return state_->pipeline.scanning();
}

Batch Watcher::scan(std::size_t directories_max) {
    return state_->pipeline.scan(directories_max);
}

std::optional<std::string_view> Watcher::reading() const noexcept {
    return state_->pipeline.reading();
}

void Watcher::rescan() {
    queue_whole_tree(state_->pipeline.state());
}

void Watcher::rescan_directory(std::string_view path) {
    WatchTable& table = state_->pipeline.state().table;
    const DirectoryId id = table.at_path(path);
    if (id != no_directory && table.is_shown(id))
        table.queue(id, false);
}

void Watcher::rescan_unwatched() {
    (void)refresh_mounts(state_->pipeline.state());
    queue_troubled(state_->pipeline.state());
}

void Watcher::expect_readable(std::string_view path) {
    TreeState& state = state_->pipeline.state();
    const DirectoryId id = state.table.at_path(path);
    if (id == no_directory)
        return;
    state.table.expect_readable(state.table.real(id));
}

bool Watcher::root_is_there() {
    TreeState& state = state_->pipeline.state();
    if (!state.root_trouble.empty())
        return false;
    if (Tending::is_root_watched(state) && state.waiting.empty() &&
        !state.mounts.table.has_news_or(state.inotify.descriptor()))
        return true;
    if (state.root.is_alive())
        return true;
    Tending::check_root(state);
    return false;
}

bool Watcher::root_is_lost() const noexcept {
    return !state_->pipeline.state().root_trouble.empty();
}

void Watcher::tend(std::chrono::steady_clock::time_point now) {
    state_->pipeline.tend(now);
}

bool Watcher::visible(std::string_view path) const {
    const TreeState& state = state_->pipeline.state();
    return state.hiding.shows_path(path) && !leads_through_refused_link(state, path);
}

bool Watcher::spells(std::string_view path) const {
    const TreeState& state = state_->pipeline.state();
    if (state.spellings.empty())
        return true;
    const Closest closest = closest_directory(state.table, path);
    const DirectoryId real = state.table.real(closest.directory);
    return !state.spellings.folds(state.table, real) || state.spellings.has(real, closest.name);
}

bool Watcher::leads_through_link(std::string_view path) const {
    const TreeState& state = state_->pipeline.state();
    const Closest closest = closest_directory(state.table, path);
    return state.table.is_alias(closest.directory) || link_at(state, closest) != nullptr;
}

bool Watcher::absence_counts(std::string_view path) const {
    const TreeState& state = state_->pipeline.state();
    const DirectoryId real = state.table.real(closest_directory(state.table, path).directory);
    return watcher::absence_counts(state, real) && state.table.error(real) == 0;
}

void Watcher::watch_opens(std::string_view path) {
    TreeState& state = state_->pipeline.state();
    tell_opens(state, directory_of_file(state, path));
    if (std::string name(path); state.file_watches.has(name))
        static_cast<void>(watch_file(name));
}

std::vector<std::pair<std::string, std::string>> Watcher::lost_directories() const {
    const TreeState& state = state_->pipeline.state();
    std::vector<std::pair<std::string, std::string>> lost;
    if (!state.root_trouble.empty())
        lost.emplace_back("", "the root is lost: " + state.root_trouble);
    for (std::string& path : lost_mounts(state))
        lost.emplace_back(std::move(path), "it is no mount point any more");
    for (const DirectoryId real : state.table.lost())
        for (const DirectoryId name : state.table.names_of(real))
            lost.emplace_back(
                state.table.path(name),
                words_for_loss(system_error(state.table.error(real)))
            );
    return lost;
}

bool Watcher::is_lost(std::string_view path) {
    TreeState& state = state_->pipeline.state();
    (void)refresh_mounts(state);
    return leads_into_lost_mount(state, path);
}

std::optional<std::vector<Mount>> Watcher::take_mounts() {
    MountState& mounts = state_->pipeline.state().mounts;
    if (!std::exchange(mounts.unsaved, false))
        return std::nullopt;
    return mounts.known.all();
}

bool Watcher::forget_lost(std::string_view path) {
    TreeState& state = state_->pipeline.state();
    (void)refresh_mounts(state);  // what was unmounted a moment ago
    Tending::check_root(state);
    const bool was_lost = watcher::forget_lost(state, path);
    if (was_lost)
        state_->pipeline.tend(std::chrono::steady_clock::now());
    return was_lost;
}

std::optional<FileStat> Watcher::watch_file(const std::string& path) {
    TreeState& state = state_->pipeline.state();
    const auto file = state.root.open_path(path);
    struct stat status {};
    if (file.has_error() || ::fstat(file->get(), &status) != 0)
        return std::nullopt;
    const bool opens = !state.leases.reach(status.st_uid) ||
                       state.table.tells_opens(directory_of_file(state, path));
    return watch_file_or_poll(state, path, file->get(), file_stat_of(status), opens);
}

void Watcher::unwatch_file(const std::string& path) {
    TreeState& state = state_->pipeline.state();
    if (const auto unused = state.file_watches.erase(path))
        release_watch(state, *unused);
}

const WatcherHealth& Watcher::health() const {
    Tending::update_health(state_->pipeline.state());
    return state_->pipeline.state().health;
}

}  // namespace treecast::watcher
