// Reads the directories that are due, each watched before it is read.
#pragma once

#include "watcher/directory_reader.hpp"
#include "watcher/structure.hpp"

#include <cstdint>

namespace treecast::watcher {

class Scanner {
public:
    /// Reads one directory and says what is in it; its directories are queued. Links are left to
    /// settle_names.
    void read_directory(TreeState& state, WatchTable::Due due, Findings& findings);

private:
    DirectoryReader reader_;
    std::uint32_t last_listing_ = 0;
};

/// Why a directory that cannot be read any more cannot be, in words.
std::string words_for_loss(const ErrorCode& error);

}  // namespace treecast::watcher
