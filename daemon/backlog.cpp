#include "daemon/backlog.hpp"

#include "base/tree_path.hpp"

namespace treecast::daemon {

namespace {

bool is_within(std::string_view path, std::string_view directory) {
    return directory.empty() || path == directory || lies_below(path, directory);
}

}  // namespace

bool Backlog::concerns(std::string_view directory) const {
    for (const BacklogJob& job : jobs_)
        if (!job.is_done &&
            (is_within(job.directory, directory) || is_within(directory, job.directory)))
            return true;
    return false;
}

void Backlog::note_listed(std::string_view directory) {
    for (BacklogJob& job : jobs_)
        if (job.listing && !directory.empty() && job.directory == parent_of(directory))
            job.directories_since.emplace(name_of(directory));
}

void Backlog::doubt(std::string_view path) {
    for (BacklogJob& job : jobs_)
        if (is_within(job.directory, path) || job.directory == parent_of(path))
            job.is_doubtful = true;
}

std::vector<std::string> Backlog::drop_listings(std::string_view directory) {
    std::vector<std::string> dropped;
    std::deque<BacklogJob> kept;
    for (BacklogJob& job : jobs_) {
        if (job.listing && !job.is_done && is_within(job.directory, directory))
            dropped.push_back(job.directory);
        else
            kept.push_back(std::move(job));
    }
    jobs_ = std::move(kept);
    return dropped;
}

}  // namespace treecast::daemon
