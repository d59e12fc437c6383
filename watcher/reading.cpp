#include "watcher/reading.hpp"

namespace treecast::watcher {

void Reading::put_aside() {
    findings = nullptr;
    in_parts = true;
    real_life = state.table.life(real);
    watch = state.table.watch(real);
    is_trusted = state.table.is_trusted(real);
    known_error = state.table.error(real);
    root_generation = state.root.generation();
}

bool Reading::is_as_put_aside() const {
    const WatchTable& table = state.table;
    return !is_over() && table.life(real) == real_life && table.real(id) == real &&
           table.is_shown(id) && !table.is_dead(real) && table.watch(real) == watch &&
           table.is_trusted(real) == is_trusted && table.error(real) == known_error &&
           !table.is_queued(id) && state.root.generation() == root_generation;
}

}  // namespace treecast::watcher
