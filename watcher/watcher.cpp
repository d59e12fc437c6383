#include "watcher/watcher.hpp"

#include "base/tree_path.hpp"
#include "watcher/known_path.hpp"
#include "watcher/mount_keeper.hpp"
#include "watcher/mount_points.hpp"
#include "watcher/pipeline.hpp"
#include "watcher/scan.hpp"
#include "watcher/structure.hpp"
#include "watcher/tending.hpp"
#include "watcher/watch_budget.hpp"

#include <algorithm>
#include <utility>

#include <sys/stat.h>

namespace treecast::watcher {

Watcher::Watcher(TreeRoot& root, WatcherOptions options)
    : pipeline_(std::make_unique<Pipeline>(root, options)) {}

Watcher::~Watcher() = default;

int Watcher::descriptor() const noexcept {
    return pipeline_->state().inotify.descriptor();
}

Batch Watcher::read(bool& drained, std::size_t events_max) {
    return pipeline_->read(drained, events_max);
}

bool Watcher::has_processed_events_of(std::string_view path) const {
    const TreeState& state = pipeline_->state();
    if (state.events_left)
        return false;
    if (state.waiting.empty())
        return true;
    const auto is_waiting = [&](const std::optional<WatchDescriptor>& watch) {
        return watch && state.waiting.has(*watch);
    };
    const std::string name(path);
    return !is_waiting(state.watches.of(directory_of_file(state.tree, state.links, path))) &&
           !is_waiting(state.file_watches.watch_of(name)) &&
           !is_waiting(state.mounted_files.watch_of(name));
}

bool Watcher::has_processed_exchanges_of(std::string_view path) const {
    const TreeState& state = pipeline_->state();
    if (state.links.empty() || (!state.events_left && state.waiting.empty()))
        return true;
    const auto links = links_on_the_way(state.tree, state.links, path);
    return std::ranges::none_of(links, [&](const Link* link) {
        return state.events_left || std::ranges::any_of(link->dependencies, [&](const auto& name) {
                   return state.waiting.has(state.watches.of(name.directory));
               });
    });
}

bool Watcher::has_events() const noexcept {
    return pipeline_->state().inotify.has_events();
}

bool Watcher::scanning() const noexcept {
    return pipeline_->scanning();
}

Batch Watcher::scan(std::size_t directories_max) {
    return pipeline_->scan(directories_max);
}

std::optional<std::string_view> Watcher::reading() const noexcept {
    return pipeline_->reading();
}

void Watcher::rescan() {
    queue_whole_tree(pipeline_->state());
}

void Watcher::rescan_directory(std::string_view path) {
    TreeState& state = pipeline_->state();
    const DirectoryId id = state.tree.at_path(path);
    if (id != no_directory && state.tree.is_shown(id))
        state.scans.add(id, false);
}

void Watcher::rescan_unwatched() {
    (void)refresh_mounts(pipeline_->state());
    queue_troubled(pipeline_->state());
}

void Watcher::expect_readable(std::string_view path) {
    TreeState& state = pipeline_->state();
    const DirectoryId id = state.tree.at_path(path);
    if (id == no_directory)
        return;
    state.health.expect_readable(state.tree.real(id));
}

bool Watcher::root_is_there() {
    TreeState& state = pipeline_->state();
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
    return !pipeline_->state().root_trouble.empty();
}

void Watcher::tend(std::chrono::steady_clock::time_point now) {
    pipeline_->tend(now);
}

bool Watcher::visible(std::string_view path) const {
    const TreeState& state = pipeline_->state();
    return state.hiding.shows_path(path) &&
           !leads_through_refused_link(state.tree, state.links, path);
}

bool Watcher::spells(std::string_view path) const {
    const TreeState& state = pipeline_->state();
    if (state.spellings.empty())
        return true;
    const KnownPath known = known_path(state.tree, path);
    const DirectoryId real = state.tree.real(known.directory);
    return !state.spellings.folds(state.tree, real) || state.spellings.has(real, known.name);
}

bool Watcher::leads_through_link(std::string_view path) const {
    const TreeState& state = pipeline_->state();
    return watcher::leads_through_link(state.tree, state.links, path);
}

bool Watcher::absence_counts(std::string_view path) const {
    const TreeState& state = pipeline_->state();
    const DirectoryId real = state.tree.real(known_path(state.tree, path).directory);
    return watcher::absence_counts(state, real) && state.health.error(real) == 0;
}

void Watcher::watch_opens(std::string_view path) {
    TreeState& state = pipeline_->state();
    report_opens(state, directory_of_file(state.tree, state.links, path));
    if (std::string name(path); state.file_watches.has(name))
        static_cast<void>(watch_file(name));
}

std::vector<std::pair<std::string, std::string>> Watcher::lost_directories() const {
    const TreeState& state = pipeline_->state();
    std::vector<std::pair<std::string, std::string>> lost;
    if (!state.root_trouble.empty())
        lost.emplace_back("", "the root is lost: " + state.root_trouble);
    for (std::string& path : lost_mounts(state))
        lost.emplace_back(std::move(path), "it is no mount point any more");
    for (const DirectoryId real : state.health.lost())
        for (const DirectoryId name : state.tree.names_of(real))
            lost.emplace_back(
                state.tree.path(name),
                describe_loss(system_error(state.health.error(real)))
            );
    return lost;
}

bool Watcher::is_lost(std::string_view path) {
    TreeState& state = pipeline_->state();
    (void)refresh_mounts(state);
    return leads_into_lost_mount(state, path);
}

std::optional<std::vector<Mount>> Watcher::take_mounts() {
    MountState& mounts = pipeline_->state().mounts;
    if (!std::exchange(mounts.unsaved, false))
        return std::nullopt;
    return mounts.known.all();
}

bool Watcher::forget_lost(std::string_view path) {
    TreeState& state = pipeline_->state();
    (void)refresh_mounts(state);  // detects an unmount of a moment ago
    Tending::check_root(state);
    const bool was_lost = watcher::forget_lost(state, path);
    if (was_lost)
        pipeline_->tend(std::chrono::steady_clock::now());
    return was_lost;
}

std::optional<FileStat> Watcher::watch_file(const std::string& path) {
    TreeState& state = pipeline_->state();
    const auto file = state.root.open_path(path);
    struct stat status {};
    if (file.has_error() || ::fstat(file->get(), &status) != 0)
        return std::nullopt;
    return watch_file(path, file->get(), file_stat_of(status));
}

std::optional<FileStat>
Watcher::watch_file(const std::string& path, int file, const FileStat& stat) {
    TreeState& state = pipeline_->state();
    const bool opens =
        !state.leases.reach(stat.owner) ||
        state.watches.reports_opens(directory_of_file(state.tree, state.links, path));
    return watch_file_or_poll(state, path, file, stat, opens);
}

void Watcher::unwatch_file(const std::string& path) {
    TreeState& state = pipeline_->state();
    if (const auto unused = state.file_watches.erase(path))
        release_watch(state, *unused);
}

const WatcherHealth& Watcher::health() const {
    Tending::update_health(pipeline_->state());
    return pipeline_->state().report;
}

}  // namespace treecast::watcher
