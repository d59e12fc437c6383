#include "daemon/repairs.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"

namespace treecast::daemon {

bool Repairs::run(Clock::time_point now) {
    if (watcher_.scanning())
        return false;  // the scan requests the turns that it needs
    std::set<std::string, std::less<>> directories;
    unsigned done = 0;
    for (auto at = found_.begin(); at != found_.end() && done < per_turn;) {
        Work* const work = works_.find(*at);
        if (work != nullptr && hold_up(*work, now) == HoldUp::none) {
            ++at;  // the look under way may have read too early; its end leads to a turn
            continue;
        }
        if (!watcher_.has_processed_events_of(*at)) {
            ++at;  // an event may still report it
            continue;
        }
        const auto found = found_.extract(at++);
        const std::string& path = found.value();
        // A path that is held up is read again anyway.
        if (work != nullptr || !watcher_.visible(path) || watcher_.is_lost(path))
            continue;
        intake_.repair(path, {now});
        ++count_;
        ++done;
        log::warn("/{}: found by the audit; no event reported it", path);
        if (directories.emplace(parent_of(path)).second)
            watcher_.rescan_directory(parent_of(path));
    }
    return done == per_turn;
}

}  // namespace treecast::daemon
