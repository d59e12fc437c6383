// Counts who has which file open, from events. Where no lease can be had, a file that was written
// to is complete only when everybody has closed it. Pure; time is passed in.
//
// A file counts as open for at most --open-limit after its last event: inotify merges equal events
// in a row, so that a close may never be reported.
#pragma once

#include "watcher/openers.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace treecast::daemon {

class OpenFiles {
public:
    using Clock = std::chrono::steady_clock;

    explicit OpenFiles(Clock::duration open_limit) : open_limit_(open_limit) {}

    void note(std::string_view path, const watcher::OpenersChange& change, Clock::time_point now);
    bool is_open(std::string_view path, Clock::time_point now) const;
    /// Stops waiting for those who have it open now.
    void forget(std::string_view path);
    std::size_t size() const noexcept { return files_.size(); }

private:
    struct File {
        std::uint32_t openers = 0;
        Clock::time_point last;  // event
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    bool is_over(const File& file, Clock::time_point now) const {
        return now - file.last >= open_limit_;
    }
    void forget_old(Clock::time_point now);

    Clock::duration open_limit_;
    std::unordered_map<std::string, File, Hash, std::equal_to<>> files_;
    std::size_t size_max_ = 64;  // expired ones are dropped beyond this
};

}  // namespace treecast::daemon
