#include "daemon/degradation.hpp"

#include "base/log.hpp"

#include <utility>

namespace treecast::daemon {

namespace {

/// A changed number alone is not logged.
std::string without_numbers(std::string words) {
    std::erase_if(words, [](char byte) {
        return byte >= '0' && byte <= '9';
    });
    return words;
}

}  // namespace

CatalogRoom::Step CatalogRoom::next(std::uint64_t refused, Clock::time_point now) {
    if (!is_lacking_ || (read_again_at_ && now < *read_again_at_))
        return Step::none;
    if (read_again_at_ && refused == 0) {  // a whole scan found room for everything
        is_lacking_ = false;
        read_again_at_.reset();
        return Step::found_room;
    }
    read_again_at_ = now + pause;
    return Step::read_again;
}

std::optional<std::string>
Degradation::update(std::string words, bool lacks_room, bool is_adopted) {
    if (!is_compared_ && is_adopted)
        return std::nullopt;
    if (lacks_room)
        words += (words.empty() ? "" : "; ") + std::string(no_room_words);
    const bool is_changed = words != words_;
    if (is_changed) {
        log_change(words);
        words_ = std::move(words);
    }
    const bool is_first = is_compared_ != std::exchange(was_compared_, is_compared_);
    return is_changed || is_first ? std::optional(words_) : std::nullopt;
}

void Degradation::log_change(const std::string& words) const {
    if (words.empty())
        log::info("no longer degraded");
    else if (without_numbers(words) != without_numbers(words_))
        log::warn("degraded: {}", words);
}

}  // namespace treecast::daemon
