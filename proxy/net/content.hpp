// The bytes of one version, as a worker sends them: small contents on the heap, large ones as the
// descriptor of a segment.
//
// All answers that send it share it. One thread. A descriptor keeps the kernel's pages allocated
// after the version was superseded, so such contents are counted (`pinned`) and limited; so are
// long ones on the heap, which are pages of the feed.
// source/open_content.cpp creates contents.
#pragma once

#include "base/unique_fd.hpp"
#include "proxy/counters.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace treecast::proxy {

class Content {
public:
    static constexpr std::uint64_t counted_on_heap_min = 64 << 10;

    /// `bytes` is used only if there is no segment.
    Content(UniqueFd segment, std::string bytes, std::uint64_t size, Counters& counters) noexcept
        : segment_(std::move(segment)),
          heap_(std::move(bytes)),
          descriptor_(segment_.get()),
          bytes_(heap_),
          size_(size),
          counters_(counters) {}
    /// A content that belongs to `owner`, which it keeps. `bytes` are used only if `descriptor` is
    /// -1.
    Content(
        std::shared_ptr<const void> owner,
        int descriptor,
        std::string_view bytes,
        std::uint64_t size,
        Counters& counters
    ) noexcept
        : owner_(std::move(owner)),
          descriptor_(descriptor),
          bytes_(bytes),
          size_(size),
          counters_(counters) {}
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;
    ~Content() {
        if (pinned_)
            lower(counters_.pinned_bytes, size_);
    }

    std::uint64_t size() const noexcept { return size_; }
    bool on_heap() const noexcept { return descriptor_ < 0; }
    std::string_view bytes() const noexcept { return bytes_; }  // if on_heap()
    int descriptor() const noexcept { return descriptor_; }     // otherwise
    bool pinned() const noexcept { return pinned_; }
    /// Counts it from now on as superseded content that is held for slow clients. Small contents on
    /// the heap are not counted.
    void pin() noexcept {
        if (pinned_ || (on_heap() && size_ < counted_on_heap_min))
            return;
        pinned_ = true;
        raise(counters_.pinned_bytes, size_);
    }

private:
    std::shared_ptr<const void> owner_;
    UniqueFd segment_;
    std::string heap_;
    int descriptor_;
    std::string_view bytes_;
    std::uint64_t size_;
    Counters& counters_;
    bool pinned_ = false;
};

}  // namespace treecast::proxy
