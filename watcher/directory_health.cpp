#include "watcher/directory_health.hpp"

#include <cerrno>

namespace treecast::watcher {

void DirectoryHealth::set_error(DirectoryId directory, int error) {
    if (error == 0 && facts_[directory].error == 0)
        return;
    Facts& facts = facts_.write(directory);
    if (facts.error != 0)
        --error_count_;
    // A directory that was never readable holds nothing published. So a lack of permission costs
    // nothing there, nor does ENODATA (it was read and is empty). After any other error it may have
    // content.
    const bool is_harmless = error == EACCES || error == EPERM || error == ENODATA;
    if (error != 0 && (is_expected(directory) || !is_harmless))
        lost_.insert(directory);
    else
        lost_.erase(directory);
    facts.error = static_cast<std::int16_t>(error);
    if (facts.error != 0)
        ++error_count_;
}

void DirectoryHealth::expect_readable(DirectoryId directory) {
    facts_.write(directory).expected = true;
    set_error(directory, error(directory));
}

void DirectoryHealth::set_unwatched(DirectoryId directory, bool unwatched) {
    if (is_unwatched(directory) == unwatched)
        return;
    facts_.write(directory).unwatched = unwatched;
    if (unwatched)
        ++unwatched_count_;
    else
        --unwatched_count_;
}

std::vector<DirectoryId> DirectoryHealth::troubled() const {
    std::vector<DirectoryId> all;
    if (!has_trouble())
        return all;
    for (DirectoryId id = 0; id < facts_.end(); ++id) {
        if (facts_[id].error != 0 || facts_[id].unwatched)
            all.push_back(id);
    }
    return all;
}

void DirectoryHealth::end_trouble(DirectoryId directory) {
    set_error(directory, 0);
    set_unwatched(directory, false);
}

void DirectoryHealth::forget(DirectoryId directory) {
    end_trouble(directory);
    facts_.forget(directory);
}

}  // namespace treecast::watcher
