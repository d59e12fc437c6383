#include "proxy/net/transmission.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace treecast::proxy {

namespace {

/// The most bytes that one connection sends before other connections get their turn.
constexpr std::uint64_t bytes_per_turn = (1 << 20) + (16 << 10);  // a MiB with its head in one

/// The most bytes that the kernel accepts from one sendfile() (the size of a pipe), and the most in
/// one packet.
constexpr std::uint64_t piece_bytes = 1 << 16;

}  // namespace

Transmission::Transmission(Response response) noexcept : response_(std::move(response)) {
    begin_part();
}

void Transmission::begin_part() noexcept {
    sent_before_ += std::exchange(sent_, 0);
    head_bytes_ = part().head ? part().head->size() : 0;
    part_bytes_ = head_bytes_ + (part().end - part().begin);
}

Transmission::Outcome Transmission::send(Socket& socket) {
    std::uint64_t budget = bytes_per_turn;
    while (true) {
        const Outcome outcome = send_part(socket, budget);
        if (outcome != Outcome::done)
            return outcome;
        if (is_last_part())
            break;
        ++index_;
        begin_part();
    }
    // If the connection ends after this response, its end is sent together with the held bytes.
    if (holds_packets_ && !response_.close)
        socket.hold_partial_packets(false);
    return Outcome::done;
}

Transmission::Outcome Transmission::send_part(Socket& socket, std::uint64_t& budget) {
    while (sent_ < part_bytes_) {
        if (budget == 0)
            return Outcome::paused;
        const bool from_segment =
            part().content && !part().content->on_heap() && sent_ >= head_bytes_;
        std::size_t bytes = 0;
        const auto output =
            from_segment ? send_from_segment(socket, budget, bytes) : send_from_heap(socket, bytes);
        if (output != Socket::Output::sent)
            return output == Socket::Output::full ? Outcome::blocked : Outcome::failed;
        sent_ += bytes;
        budget -= std::min<std::uint64_t>(budget, bytes);
    }
    return Outcome::done;
}

/// Sends the head, and the slice if it is on the heap.
Socket::Output Transmission::send_from_heap(Socket& socket, std::size_t& bytes) {
    std::array<iovec, 2> parts{};
    std::size_t count = 0;
    const auto add = [&](const char* data, std::uint64_t size) {
        // Sending only reads, but iovec has no const form.
        parts[count++] = {const_cast<char*>(data), size};
    };
    if (sent_ < head_bytes_)
        add(part().head->data() + sent_, head_bytes_ - sent_);
    // If the connection ends after this response, the end follows at once and needs no packet of
    // its own.
    bool more_follows = response_.close || !is_last_part();
    if (part().content && part().content->on_heap()) {
        const std::uint64_t skip = sent_ < head_bytes_ ? 0 : sent_ - head_bytes_;
        const std::uint64_t begin = part().begin + skip;
        if (begin < part().end)
            add(part().content->bytes().data() + begin, part().end - begin);
    } else if (part_bytes_ > head_bytes_) {
        more_follows = true;
    }
    return socket.send({parts.data(), count}, more_follows, bytes);
}

Socket::Output
Transmission::send_from_segment(Socket& socket, std::uint64_t budget, std::size_t& bytes) {
    const bool several_pieces = part().end - part().begin > piece_bytes;
    if ((several_pieces || response_.close || !is_last_part()) &&
        !std::exchange(holds_packets_, true))
        socket.hold_partial_packets(true);
    const auto offset = static_cast<off_t>(part().begin + (sent_ - head_bytes_));
    const std::uint64_t count = std::min(budget, part_bytes_ - sent_);
    return socket.send_file(part().content->descriptor(), offset, count, bytes);
}

bool Transmission::holds_pinned() const noexcept {
    const auto is_pinned = [](const Part& part) {
        return part.content && part.content->pinned();
    };
    return is_pinned(response_.first) ||
           (response_.more && std::ranges::any_of(*response_.more, is_pinned));
}

double Transmission::rate(Clock::time_point now) const noexcept {
    const std::chrono::duration<double> elapsed = now - since_;
    return static_cast<double>(sent_bytes()) / std::max(elapsed.count(), 0.001);
}

}  // namespace treecast::proxy
