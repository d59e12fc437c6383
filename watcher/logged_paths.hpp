// Remembers what has been logged, so that each thing is logged once; bounded.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_set>

namespace treecast::watcher {

class LoggedPaths {
public:
    static constexpr std::size_t paths_max = 100'000;

    /// True the first time. After `paths_max` paths always false, to bound the log.
    bool is_new(std::string_view path) {
        return hashes_.size() < paths_max &&
               hashes_.insert(std::hash<std::string_view>{}(path)).second;
    }

private:
    std::unordered_set<std::size_t> hashes_;
};

}  // namespace treecast::watcher
