#include "daemon/releases.hpp"

#include "base/tree_path.hpp"

namespace treecast::daemon {

ReleaseId Releases::open(const std::vector<std::string>& paths, Clock::time_point now) {
    Release release{.id = ++last_id_, .paths = {}, .end = now + patience};
    release.paths.insert(paths.begin(), paths.end());
    open_.push_back(std::move(release));
    return last_id_;
}

ReleaseId Releases::find(std::string_view path) const {
    // The newest first: what was exchanged again belongs to that.
    for (auto release = open_.rbegin(); release != open_.rend(); ++release) {
        if (release->paths.empty())
            continue;
        for (std::string_view at = path;; at = parent_of(at)) {
            if (release->paths.contains(at))
                return release->id;
            if (at.empty())
                break;
        }
    }
    return no_release;
}

std::vector<ReleaseId>
Releases::take_complete(const WorkList& works, bool scanning, Clock::time_point now) {
    std::vector<ReleaseId> complete;
    std::erase_if(open_, [&](const Release& release) {
        const bool ends = release.end <= now || (!scanning && works.members(release.id) == 0);
        if (ends)
            complete.push_back(release.id);
        return ends;
    });
    return complete;
}

std::optional<Clock::time_point> Releases::earliest_end() const {
    if (open_.empty())
        return std::nullopt;
    return open_.front().end;
}

}  // namespace treecast::daemon
