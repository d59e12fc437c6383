// The outstanding wants of one worker: which are sent to the daemon, when they are repeated, and
// when they end. One thread; without I/O.
#pragma once

#include "ipc/catalog_record.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/source/send_request.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

namespace treecast::proxy {

class Wants {
public:
    /// Requests the content of a file (or only its hash, if `content` is false) until `until`. A
    /// want that exists is extended.
    void add(ipc::FileId file, bool content, Clock::time_point until);
    bool empty() const noexcept { return wants_.empty(); }
    std::size_t size() const noexcept { return wants_.size(); }
    /// Whether some have not been sent yet because the queue was full.
    bool has_unsent() const noexcept { return !unsent_.empty(); }
    void clear();

    /// Sends new wants, and those that were sent at least a second ago, as long as the queue
    /// accepts them.
    void send(const SendRequest& send_request, std::uint64_t epoch, Clock::time_point now);
    /// Sends all wants again, because there is a new daemon.
    void resend_all();
    /// The record of a file in the catalog; nullopt: there is none.
    using ReadRecord = std::function<std::optional<ipc::Record>(ipc::FileId)>;
    /// Removes the wants that are met, those of files that no longer exist, and those whose time is
    /// over. Returns the files of the met ones and those that no longer exist.
    std::vector<ipc::FileId> remove_ended(const ReadRecord& read_record, Clock::time_point now);

private:
    struct Want {
        bool content = false;
        bool queued = false;  // it is in unsent_
        Clock::time_point until{};
        Clock::time_point sent{};
    };
    void queue(std::uint64_t file, Want& want);

    std::unordered_map<std::uint64_t, Want> wants_;
    std::vector<std::uint64_t> unsent_;  // ids; their wants may have been removed meanwhile
    Clock::time_point next_repetition_{};
};

}  // namespace treecast::proxy
