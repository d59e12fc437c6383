#include "daemon/other_names.hpp"

#include "watcher/change_set.hpp"

namespace treecast::daemon {

void note_other_names(
    Work& work,
    const watcher::FileStat& stat,
    bool through_link,
    HardLinks& hard_links,
    WorkList& works,
    Clock::time_point now
) {
    const auto note_all = [&](const std::vector<std::string>& paths, const watcher::Signs& signs) {
        for (const std::string& path : paths)
            works.schedule_unless_busy(works.note(path, signs, work.notes.oldest()), now);
    };
    const auto siblings = hard_links.siblings(work.path);
    const HardLinks::Sight sight = hard_links.see(work.path, stat, through_link);
    if (sight.lost_name) {
        work.notes.add_created();  // as for a file that got its name while its writer was inside
        note_all(siblings, {.created = true});
    }
    if (!sight.appeared)
        return;
    const watcher::Signs shared = watcher::shared_by_names(work.notes.signs());
    note_all(
        shared == watcher::Signs() ? hard_links.outdated_siblings(work.path)
                                   : hard_links.siblings(work.path),
        shared
    );
}

}  // namespace treecast::daemon
