// The bytes of a file, read once and kept until it is known whether they belong together.
//
// A file that fits into the thread's buffer stays there, and is hashed in finish(). A longer one is
// written to a segment, if one is wanted, and hashed as it is read, while the bytes are in the
// processor's cache. With `hash_last` and a segment it is hashed in finish() instead: the file must
// then hold still only for the copy, not for the hash.
#pragma once

#include "base/sha256.hpp"
#include "daemon/segment_stock.hpp"
#include "watcher/file_stat.hpp"

#include <cstdint>
#include <optional>

namespace treecast::daemon {

/// The published version. A longer content that begins with it may be published early.
struct PublishedContent {
    std::uint64_t size = 0;
    Sha256 sha256{};

    friend bool operator==(const PublishedContent&, const PublishedContent&) = default;
};

/// The largest file that is read where blocking is not allowed. Larger ones are not read even from
/// memory.
inline constexpr std::uint64_t inline_bytes_max = std::uint64_t{256} * 1024;

enum class CopyEnd {
    done,
    would_block,
    changed,
    too_large,
    no_memory,
    failed,
};

/// A thread has at most one FileCopy, since it uses the thread's buffers.
class FileCopy {
public:
    struct Plan {
        SegmentStock* segments = nullptr;  // null: no segment is made
        bool may_block = false;
        bool hash_last = false;  // hash in finish() even if longer than the buffer; needs a segment
        std::uint64_t size_max = 0;  // beyond it: too_large
        /// How many bytes are read; none: all.
        std::optional<std::uint64_t> bytes_wanted;
        std::optional<PublishedContent> published;
    };

    /// `stat` is the file's first. `file` and `plan` outlive the copy.
    FileCopy(int file, const watcher::FileStat& stat, const Plan& plan);

    /// Reads to the end of the file, which may not be where stat says, or up to `bytes_wanted`.
    CopyEnd read();
    std::uint64_t size() const noexcept { return size_; }
    /// Reads the file again, after read(); `changed` if the bytes differ.
    CopyEnd read_again();
    /// Called once, last: hashes the copy and completes the segment, unless read() has done so.
    CopyEnd finish();
    const Sha256& sha256() const noexcept { return sha256_; }
    /// Whether it is longer than the published content and begins with it.
    bool extends_published() const noexcept;
    std::optional<ipc::SegmentWriter> take_segment() { return std::move(segment_); }
    const ErrorCode& error() const noexcept { return error_; }

private:
    CopyEnd read_part(char* buffer, std::size_t bytes, std::uint64_t at, std::size_t& got);
    /// The copy's bytes from `at` on: in the buffer, or read from the segment into `buffer`.
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
    std::uint64_t flushed_ = 0;  // of `size_`: no longer in the buffer
    std::uint64_t hashed_ = 0;
    bool begins_as_published_ = false;
    Sha256 sha256_{};
    ErrorCode error_;
};

}  // namespace treecast::daemon
