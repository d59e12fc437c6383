// Decodes inotify masks into signs and collects the changes of a batch: one entry for each path, in
// the order of the paths' first events. Pure.
#pragma once

#include "watcher/batch.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace treecast::watcher {

/// Decodes the mask of an event that names a file.
Signs signs_of(std::uint32_t mask) noexcept;
/// Merges the signs of two events; `right` came later. A later `modified` without `closed` clears
/// `closed`, since a writer may have the file open again. A later `arrived` clears the signs of
/// writers, since they wrote to the file that had the name before.
Signs followed_by(Signs left, const Signs& right) noexcept;

/// The signs that concern the file itself, and so each of its names.
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
