#include "watcher/watcher.hpp"

#include "watcher/pipeline.hpp"
#include "watcher/structure.hpp"

#include <treecast/tree_path.hpp>

#include <utility>

namespace treecast::watcher {

namespace {

/// The deepest directory above `path` that is known.
DirectoryId closest_directory(const WatchTable& table, std::string_view path) {
    DirectoryId closest = root_directory;
    for (std::string_view left = parent_of(path); !left.empty();) {
        const auto slash = left.find('/');
        const DirectoryId child = table.child(closest, left.substr(0, slash));
        if (child == no_directory)
            break;
        closest = child;
        left = slash == left.npos ? std::string_view() : left.substr(slash + 1);
    }
    return closest;
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

Batch Watcher::read(bool& drained) {
    return state_->pipeline.read(drained);
}

bool Watcher::scanning() const noexcept {
    return state_->pipeline.scanning();
}

Batch Watcher::scan(std::size_t directories_max) {
    return state_->pipeline.scan(directories_max);
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

void Watcher::expect_readable(std::string_view path) {
    TreeState& state = state_->pipeline.state();
    const DirectoryId id = state.table.at_path(path);
    if (id == no_directory)
        return;
    state.table.expect_readable(state.table.real(id));
    Tending::update_health(state);
}

void Watcher::tend(std::chrono::steady_clock::time_point now) {
    state_->pipeline.tend(now);
}

bool Watcher::visible(std::string_view path) const {
    return state_->pipeline.state().hiding.shows_path(path);
}

bool Watcher::leads_through_link(std::string_view path) const {
    const TreeState& state = state_->pipeline.state();
    const DirectoryId closest = closest_directory(state.table, path);
    return state.table.is_alias(closest) ||
           state.links.find({.directory = closest, .name = std::string(name_of(path))}) != nullptr;
}

bool Watcher::absence_counts(std::string_view path) const {
    const TreeState& state = state_->pipeline.state();
    const DirectoryId real = state.table.real(closest_directory(state.table, path));
    return watcher::absence_counts(state, real) && state.table.error(real) == 0;
}

bool Watcher::watch_file(const std::string& path) {
    TreeState& state = state_->pipeline.state();
    const auto file = state.root.open_path(path);
    if (file.has_error())
        return false;
    const auto watch = state.inotify.watch_file(file->get());
    if (watch.has_error())
        return false;
    if (const auto unused = state.file_watches.set(path, *watch))
        state.inotify.remove(*unused);
    return true;
}

void Watcher::unwatch_file(const std::string& path) {
    TreeState& state = state_->pipeline.state();
    if (const auto unused = state.file_watches.erase(path))
        state.inotify.remove(*unused);
}

const WatcherHealth& Watcher::health() const noexcept {
    return state_->pipeline.state().health;
}

}  // namespace treecast::watcher
