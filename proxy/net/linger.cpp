#include "proxy/net/linger.hpp"

#include <algorithm>
#include <array>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

/// Limits after our end: the longest silence of the peer, the total time and the total input.
constexpr auto silence_max = 2s;
constexpr auto time_max = 30s;
constexpr std::uint32_t bytes_max = 64 << 20;
constexpr int reads_per_turn = 64;

}  // namespace

void Linger::begin(Socket& socket, Clock::time_point now) {
    since_ = now;
    socket.end_output();
}

Linger::Outcome Linger::discard(Socket& socket) {
    std::array<char, 4096> space;  // NOLINT(cppcoreguidelines-pro-type-member-init): only read into
    for (int i = 0; i < reads_per_turn; ++i) {
        std::size_t bytes = 0;
        const Socket::Input input = socket.receive(space, bytes);
        if (input == Socket::Input::none)
            return i == 0 ? Outcome::waits : Outcome::moved;
        if (input == Socket::Input::end || input == Socket::Input::failed || bytes_ > bytes_max)
            return Outcome::over;
        bytes_ += static_cast<std::uint32_t>(bytes);
    }
    return Outcome::paused;
}

Clock::time_point Linger::deadline(Clock::time_point now) const noexcept {
    return std::min<Clock::time_point>(now + silence_max, since_ + time_max);
}

bool Linger::is_over(Clock::time_point now, const Socket& socket) const noexcept {
    return now - since_ >= time_max || !socket.has_unacknowledged();
}

}  // namespace treecast::proxy
