// Signs of a batch, one entry for each path, in the order of its first event. PURE.
#pragma once

#include "watcher/batch.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace treecast::watcher {

/// What an inotify mask says about the file it names.
Signs signs_of(std::uint32_t mask) noexcept;
/// The signs of both, `right` being the later: `modified` without `closed` means that a writer may
/// be in the file, and a file that arrived begins anew.
Signs followed_by(Signs left, const Signs& right) noexcept;

/// What is true of the file under all its names, and not of one of them.
Signs shared_by_names(const Signs& signs) noexcept;

class ChangeSet {
public:
    void add(std::string path, const Signs& signs, const OpenersChange& openers = {});
    std::vector<Change> take();

private:
    std::vector<Change> changes_;
    std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace treecast::watcher
