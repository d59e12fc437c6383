#include "watcher/reading.hpp"

namespace treecast::watcher {

void Reading::suspend() {
    findings = nullptr;
    in_parts = true;
    real_generation = state.tree.generation(real);
    watch = state.watches.of(real);
    is_trusted = state.watches.is_trusted(real);
    known_error = state.health.error(real);
    root_generation = state.root.generation();
}

bool Reading::can_resume() const {
    const DirectoryTree& tree = state.tree;
    return !is_dropped() && tree.generation(real) == real_generation && tree.real(id) == real &&
           tree.is_shown(id) && !tree.is_dead(real) && state.watches.of(real) == watch &&
           state.watches.is_trusted(real) == is_trusted &&
           state.health.error(real) == known_error && !state.scans.contains(id) &&
           state.root.generation() == root_generation;
}

}  // namespace treecast::watcher
