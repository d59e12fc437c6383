// Reads the directories that are due, each watched before it is read.
#pragma once

#include "watcher/directory_reader.hpp"
#include "watcher/reading.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace treecast::watcher {

class Scanner {
public:
    explicit Scanner(std::size_t entries_at_once);
    ~Scanner();
    Scanner(const Scanner&) = delete;
    Scanner& operator=(const Scanner&) = delete;

    /// From here on, a turn's entries and time are counted anew.
    void begin_turn();
    /// The turn has read what it may: no other directory is to be begun in it.
    bool is_turn_over() const;
    /// Reads one directory and says what is in it; its directories are queued. Links are left to
    /// refresh_touched_names. A huge one is read in part. Only while no other is.
    void read_directory(TreeState& state, ScanQueue::Due due, Findings& findings);
    /// Reads the one that has been read in part on; from the beginning, later, if it is not what it
    /// was when that was begun.
    void resume(TreeState& state, Findings& findings);
    /// Something was mounted or unmounted while it was read.
    void requeue(TreeState& state);
    /// The path of the directory that has been read in part.
    std::optional<std::string_view> reading() const noexcept;

private:
    bool spend(std::size_t entries);
    bool read_names(Reading& reading);
    bool read_entries(Reading& reading);
    void update_spellings(Reading& reading);
    void end(Reading& reading);

    const std::size_t entries_at_once_;
    DirectoryReader reader_;
    std::unique_ptr<Reading> reading_;
    std::uint32_t last_listing_ = 0;
    std::size_t spent_ = 0;
    std::chrono::steady_clock::time_point turn_end_{};
};

/// Why a directory that cannot be read any more cannot be, in words.
std::string describe_loss(const ErrorCode& error);

}  // namespace treecast::watcher
