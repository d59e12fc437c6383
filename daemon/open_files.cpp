#include "daemon/open_files.hpp"

#include <algorithm>

namespace treecast::daemon {

void OpenFiles::note(
    std::string_view path,
    const watcher::OpenersChange& change,
    Clock::time_point now
) {
    if (change.is_nothing())
        return;
    const auto found = files_.find(path);
    const bool is_known = found != files_.end() && !is_over(found->second, now);
    const std::uint32_t openers = change.applied_to(is_known ? found->second.openers : 0);
    if (openers == 0) {
        if (found != files_.end())
            files_.erase(found);
        return;
    }
    if (found != files_.end()) {
        found->second = {openers, now};
        return;
    }
    if (files_.size() >= size_max_)
        forget_old(now);
    files_.emplace(path, File{openers, now});
}

bool OpenFiles::is_open(std::string_view path, Clock::time_point now) const {
    if (files_.empty())
        return false;
    const auto found = files_.find(path);
    return found != files_.end() && !is_over(found->second, now);
}

void OpenFiles::forget(std::string_view path) {
    if (const auto found = files_.find(path); found != files_.end())
        files_.erase(found);
}

void OpenFiles::forget_old(Clock::time_point now) {
    std::erase_if(files_, [&](const auto& entry) {
        return is_over(entry.second, now);
    });
    size_max_ = std::max<std::size_t>(64, 2 * files_.size());
}

}  // namespace treecast::daemon
