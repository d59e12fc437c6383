// Reads the directories that are due, and watches each before it reads it. Directories from the
// queue enter; listings and changes leave as findings. A directory that cannot be read gets an
// incomplete listing, and its error goes into `state.health`.
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

    /// Resets the turn's budget of entries and time.
    void begin_turn();
    /// Whether the turn has used its budget, so that no other directory may be begun in it.
    bool is_turn_over() const;
    /// Reads one directory, lists its entries and queues its subdirectories. A huge directory is
    /// read in part; resume() continues. Call it only while no directory has been read in part.
    void read_directory(TreeState& state, ScanQueue::Due due, Findings& findings);
    /// Continues the directory that has been read in part. If it has changed since, queues it to be
    /// read again from the beginning.
    void resume(TreeState& state, Findings& findings);
    /// Queues the directory that has been read in part, to be read again, since something was
    /// mounted or unmounted meanwhile.
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

/// The text for the log and the status on why a directory cannot be read any more.
std::string describe_loss(const ErrorCode& error);

}  // namespace treecast::watcher
