// The counters of one worker, for /v1/status. Workers share no other memory.
//
// Each worker writes only its own counters, with relaxed order. Any worker reads all of them to
// build a sum.
#pragma once

#include <atomic>
#include <cstdint>

namespace treecast::proxy {

struct alignas(64) Counters {
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> subscribers{0};    // held requests and open streams
    std::atomic<std::uint64_t> requests{0};       // since the start
    std::atomic<std::uint64_t> pinned_bytes{0};   // superseded content held for slow clients
    std::atomic<std::uint64_t> archives_made{0};  // since the start
    std::atomic<bool> attached{false};            // to a catalog
    std::atomic<bool> paired{false};              // has a queue pair
    std::atomic<bool> ready{false};               // was attached to a scanned catalog once
};

inline void raise(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

inline void lower(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) - by, std::memory_order_relaxed);
}

}  // namespace treecast::proxy
