// The spread of waits: how long a request is held that asked for a wait, and when clients that were
// sent away come back. One thread; without I/O.
//
// A wait ends between 15/16 of the requested time and all of it, at random. Otherwise clients that
// began at the same moment would all come back at the same moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace treecast::proxy {

/// The earliest end of a wait. A wait that is shorter than 16 ms is not shortened. Pure.
constexpr std::chrono::milliseconds shortest_wait(std::chrono::milliseconds requested) noexcept {
    return requested - requested / 16;
}

class WaitSpread {
public:
    explicit WaitSpread(std::uint32_t seed) : random_(seed) {}

    /// How long to hold a request: between shortest_wait(requested) and `requested`, both included.
    std::chrono::milliseconds draw_wait(std::chrono::milliseconds requested) {
        return draw_between(shortest_wait(requested), requested);
    }
    /// Both included.
    std::chrono::milliseconds
    draw_between(std::chrono::milliseconds least, std::chrono::milliseconds most) {
        std::uniform_int_distribution<std::int64_t> between(least.count(), most.count());
        return std::chrono::milliseconds(between(random_));
    }
    /// Retry-After for a client whose request ends because the server stops: 1 to 5 seconds.
    unsigned draw_retry_after_s() { return std::uniform_int_distribution(1U, 5U)(random_); }

private:
    std::minstd_rand random_;
};

}  // namespace treecast::proxy
