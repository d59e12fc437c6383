// GET requests over libcurl: any number at once, driven by one thread.
//
// A body goes through a sink, never into memory as a whole; whether it may be believed is for
// flaw_of() to say afterwards. Redirects are not followed. Not thread safe.
#pragma once

#include "client/http/transfer.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace treecast::client {

struct CompletedTransfer {
    std::size_t key = 0;
    Answer answer;
};

class TransferEngine {
public:
    TransferEngine();
    TransferEngine(const TransferEngine&) = delete;
    TransferEngine& operator=(const TransferEngine&) = delete;
    /// Drops what is under way, without waiting for anything.
    ~TransferEngine();

    /// `key` comes back with the answer; one request a key at a time. A connection that takes
    /// longer than 10 s, or an answer without a byte for 15 s beyond `wait`, has failed.
    void start(std::size_t key, const HttpRequest& request);

    /// Drives the requests until one has completed, one of `readable` is readable, or `timeout`
    /// is over; then all that have completed.
    std::vector<CompletedTransfer>
    wait(std::chrono::milliseconds timeout, std::span<const int> readable = {});

private:
    struct Multi;
    struct UnderWay {
        std::size_t key;
        std::unique_ptr<Transfer> transfer;
    };

    std::vector<CompletedTransfer> take_completed();

    std::unique_ptr<Multi> multi_;
    std::vector<UnderWay> under_way_;
};

}  // namespace treecast::client
