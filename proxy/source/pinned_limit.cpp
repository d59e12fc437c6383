#include "proxy/source/pinned_limit.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace treecast::proxy {

bool PinnedLimit::is_exceeded() const noexcept {
    std::uint64_t sum = 0;
    for (const Counters& each : counters_)
        sum += each.pinned_bytes.load(std::memory_order_relaxed);
    return sum > bytes_max_;
}

void PinnedLimit::end_batch() {
    if (counters_[worker_].pinned_bytes.load(std::memory_order_relaxed) == 0 || !is_exceeded())
        return;
    const auto now = Clock::now();
    std::vector<std::pair<double, boost::intrusive_ptr<Connection>>> slow;
    for (Connection& connection : connections_)
        if (connection.holds_pinned())
            slow.emplace_back(connection.transmission()->rate(now), &connection);
    std::ranges::sort(slow, {}, [](const auto& entry) {
        return entry.first;
    });
    std::size_t closed = 0;
    while (closed < slow.size() && is_exceeded())
        slow[closed++].second->close();
    if (closed != 0)
        log::warn(
            "worker {}: closed {} slow connections that held superseded content (--pinned-limit)",
            worker_,
            closed
        );
}

}  // namespace treecast::proxy
