// What this worker has asked the daemon for: outstanding wants, repeated until they are met. One
// thread.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "ipc/queue_pair_reader.hpp"
#include "proxy/net/deadlines.hpp"

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace treecast::proxy {

class Wants {
public:
    /// Wants content (or, if `content` is false, the hash) of a file until `until`.
    void add(ipc::FileId file, bool content, Clock::time_point until);
    bool empty() const noexcept { return wants_.empty(); }
    std::size_t size() const noexcept { return wants_.size(); }
    /// Whether some have not been sent yet because the queue was full.
    bool has_unsent() const noexcept { return !unsent_.empty(); }
    void clear();

    /// Sends what is new, and what was sent more than a second ago, as long as the queue takes it.
    void send(ipc::QueuePairReader& pair, std::uint64_t epoch, Clock::time_point now);
    /// To a new daemon everything is new.
    void forget_sending();
    /// Takes out what has been met or is void, and calls back with those that were met.
    void sweep(
        const ipc::CatalogReader& catalog,
        Clock::time_point now,
        const std::function<void(ipc::FileId)>& met
    );

private:
    struct Want {
        bool content = false;
        bool queued = false;  // is in unsent_
        Clock::time_point until{};
        Clock::time_point sent{};
    };
    void queue(std::uint64_t file, Want& want);

    std::unordered_map<std::uint64_t, Want> wants_;
    std::vector<std::uint64_t> unsent_;  // ids that may have been met meanwhile
    Clock::time_point next_repetition_{};
};

}  // namespace treecast::proxy
