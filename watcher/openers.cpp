#include "watcher/openers.hpp"

#include <algorithm>

#include <sys/inotify.h>

namespace treecast::watcher {

namespace {

/// Below any number of openers, so that it resets the number: the name belongs to another file now.
constexpr std::int32_t nobody = -1'000'000'000;

}  // namespace

OpenersChange OpenersChange::of(std::uint32_t mask) noexcept {
    if ((mask & (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)) != 0)
        return {0, nobody};
    if ((mask & IN_OPEN) != 0)
        return {1, 1};
    if ((mask & (IN_CLOSE_WRITE | IN_CLOSE_NOWRITE)) != 0) {
        OpenersChange close{0, -1};
        close.by_reader_ = (mask & IN_CLOSE_NOWRITE) != 0;
        return close;
    }
    if ((mask & IN_MODIFY) != 0)
        return {1, 0, true};  // the writer has it open, whether its open was reported or not
    return {};
}

std::uint32_t OpenersChange::applied_to(std::uint32_t openers) const noexcept {
    const std::int64_t moved = std::int64_t{openers} + more_;
    return static_cast<std::uint32_t>(std::max<std::int64_t>(least_, moved));
}

OpenersChange OpenersChange::followed_by(const OpenersChange& later) const noexcept {
    const bool is_open = later.more_ == 1 && later.least_ == 1;
    // The process that opened the file right after the write was a reader, so another one wrote.
    const bool was_reader = opened_after_write_ && later.by_reader_ && later.more_ == -1;
    const std::int32_t least = by_write_ && is_open ? least_before_
                               : was_reader         ? least_with_writer_ + 1
                                                    : least_;
    OpenersChange both{
        std::max(later.least_, least + later.more_),
        std::max(more_ + later.more_, nobody),
        later.by_write_};
    if (later.by_write_)
        both.least_before_ = by_write_ ? least_before_ : least_;
    both.opened_after_write_ = by_write_ && is_open;
    both.least_with_writer_ = both.opened_after_write_ ? least_ : 0;
    both.by_reader_ = later.by_reader_ && is_nothing();
    return both;
}

}  // namespace treecast::watcher
