// One version's bytes as a worker holds them: small ones on the heap, large ones as a descriptor.
//
// Shared by all answers that send them; one thread. A descriptor keeps the kernel's pages even
// after the version was superseded, so those are counted (`pinned`) and bounded.
#pragma once

#include "base/unique_fd.hpp"
#include "ipc/catalog_record.hpp"
#include "ipc/object_directory.hpp"
#include "proxy/counters.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace treecast::proxy {

/// At most this is copied to the heap; sendfile from shared memory is faster for what is larger.
inline constexpr std::uint64_t heap_content_bytes_max = std::uint64_t{32} * 1024;

class Content {
public:
    /// Errc::superseded if the version is gone (look up again), Errc::damaged.
    static Result<std::shared_ptr<Content>> open(
        const ipc::ObjectDirectory& directory,
        ipc::FileId file,
        const ipc::Record& record,
        Counters& counters
    );
    Content(UniqueFd segment, std::string bytes, std::uint64_t size, Counters& counters) noexcept;
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;
    ~Content();

    std::uint64_t size() const noexcept { return size_; }
    bool on_heap() const noexcept { return !segment_; }
    const std::string& bytes() const noexcept { return bytes_; }  // if on_heap()
    int descriptor() const noexcept { return segment_.get(); }    // otherwise
    bool pinned() const noexcept { return pinned_; }
    /// From here on it counts as superseded content held for slow clients.
    void pin() noexcept;

private:
    UniqueFd segment_;
    std::string bytes_;
    std::uint64_t size_;
    Counters& counters_;
    bool pinned_ = false;
};

}  // namespace treecast::proxy
