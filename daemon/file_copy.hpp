// The bytes of a file, read once and kept until it is known whether they belong together.
//
// What fits into the thread's buffer stays there, and is hashed once that is known. What is longer
// goes into a segment, or nowhere, as it is read. It is hashed on the way, while it is in the
// processor's cache; or, of a file that does not hold still for that long, afterwards: then it has
// to hold still for as long as a copy takes, not a hash.
#pragma once

#include "base/sha256.hpp"
#include "daemon/segment_stock.hpp"
#include "watcher/file_stat.hpp"

#include <cstdint>
#include <optional>

namespace treecast::daemon {

/// The version that subscribers have; what is longer and begins with it may be published early.
struct PublishedContent {
    std::uint64_t size = 0;
    Sha256 sha256{};

    friend bool operator==(const PublishedContent&, const PublishedContent&) = default;
};

/// Files above this size are not read where blocking is not allowed, in memory or not.
inline constexpr std::uint64_t inline_bytes_max = std::uint64_t{256} * 1024;

enum class CopyEnd {
    done,
    would_block,
    changed,
    too_large,
    no_memory,
    failed,
};

/// One at a time in each thread, whose buffers it uses.
class FileCopy {
public:
    struct Plan {
        SegmentStock* segments = nullptr;  // null: no segment is made
        bool may_block = false;
        bool hash_last = false;      // what is longer than the buffer, too
        std::uint64_t size_max = 0;  // beyond it: too_large
        /// What lies behind is left out.
        std::optional<std::uint64_t> bytes_wanted;
        std::optional<PublishedContent> published;
    };

    /// `stat` is what the file's was at first. `file` and `plan` outlive the copy.
    FileCopy(int file, const watcher::FileStat& stat, const Plan& plan);

    /// To the file's end, whatever stat says of where that is, or up to what is wanted.
    CopyEnd read();
    std::uint64_t size() const noexcept { return size_; }
    /// After read(): whether a second reading gives the same; `changed` if not.
    CopyEnd read_again();
    /// Once, after that: hashes the copy, and completes the segment.
    CopyEnd finish();
    const Sha256& sha256() const noexcept { return sha256_; }
    /// Whether it is longer than what is published, and begins so.
    bool extends_published() const noexcept;
    std::optional<ipc::SegmentWriter> take_segment() { return std::move(segment_); }
    const ErrorCode& error() const noexcept { return error_; }

private:
    CopyEnd read_part(char* buffer, std::size_t bytes, std::uint64_t at, std::size_t& got);
    /// What the copy has at `at`: in the buffer, or read from the segment into `buffer`.
    const char* kept(char* buffer, std::size_t bytes, std::uint64_t at);
    CopyEnd empty_buffer();
    CopyEnd append_to_segment(const char* data, std::size_t bytes);
    void hash(const char* data, std::size_t bytes);
    void restart_hash();
    bool is_hashed_on_the_way() const noexcept {
        return flushed_ != 0 && (plan_.segments == nullptr || !plan_.hash_last);
    }
    bool is_kept() const noexcept { return flushed_ == 0 || plan_.segments != nullptr; }
    CopyEnd fail(ErrorCode error, CopyEnd end = CopyEnd::failed);

    int file_;
    const watcher::FileStat& stat_;
    const Plan& plan_;
    int flags_;
    Sha256Hasher& hasher_;
    std::optional<ipc::SegmentWriter> segment_;
    std::uint64_t size_ = 0;
    std::uint64_t flushed_ = 0;  // of which are not in the buffer any more
    std::uint64_t hashed_ = 0;
    bool begins_as_published_ = false;
    Sha256 sha256_{};
    ErrorCode error_;
};

}  // namespace treecast::daemon
