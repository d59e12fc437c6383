// The bytes of one version as a worker sends them: small ones on the heap, large ones as the
// descriptor of a segment.
//
// Shared by all answers that send them; one thread. A descriptor keeps the kernel's pages even
// after the version was superseded, so those are counted (`pinned`) and bounded. source/ opens it.
#pragma once

#include "base/unique_fd.hpp"
#include "proxy/counters.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace treecast::proxy {

class Content {
public:
    /// `bytes` count if there is no segment.
    Content(UniqueFd segment, std::string bytes, std::uint64_t size, Counters& counters) noexcept
        : segment_(std::move(segment)),
          bytes_(std::move(bytes)),
          size_(size),
          counters_(counters) {}
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;
    ~Content() {
        if (pinned_)
            lower(counters_.pinned_bytes, size_);
    }

    std::uint64_t size() const noexcept { return size_; }
    bool on_heap() const noexcept { return !segment_; }
    const std::string& bytes() const noexcept { return bytes_; }  // if on_heap()
    int descriptor() const noexcept { return segment_.get(); }    // otherwise
    bool pinned() const noexcept { return pinned_; }
    /// From here on it counts as superseded content held for slow clients.
    void pin() noexcept {
        if (pinned_ || on_heap())
            return;
        pinned_ = true;
        raise(counters_.pinned_bytes, size_);
    }

private:
    UniqueFd segment_;
    std::string bytes_;
    std::uint64_t size_;
    Counters& counters_;
    bool pinned_ = false;
};

}  // namespace treecast::proxy
