// GET requests through libcurl: any number at the same time, driven by one thread.
//
// A body is passed to a sink as it arrives. Callers check the answer of a file with flaw_of()
// afterwards. Redirects are not followed. Not thread safe.
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
    /// Cancels the requests under way, without waiting for anything.
    ~TransferEngine();

    /// `key` is returned with the answer; one request at a time for each key. It is a failure if
    /// connecting takes longer than 10 s, or if no byte arrives for 15 s beyond `wait`.
    void start(std::size_t key, const HttpRequest& request);

    /// Drives the requests until one has completed, one of `readable` is readable, or `timeout` is
    /// over. Returns all that have completed.
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
