// A file's time in one 64-bit word, for watcher, catalog and proxy. No I/O.
//
// From 1823 to 2116 the word counts nanoseconds since 1970 (less than 2^62). Filesystems hold more:
// NTFS begins in 1601, ext4 ends in 2446, tmpfs accepts any 64-bit second. Outside that range the
// word counts steps of 100 ns. It stops at the ends of the years 0 to 9999, since RFC 3339 can
// write no others. A later time never gets a smaller word. Different times share a word only if
// they lie in one step, or beyond those ends.
#pragma once

#include <cstdint>

namespace treecast {

struct FileTime {
    std::int64_t seconds = 0;       // since 1970, rounded down
    std::uint32_t nanoseconds = 0;  // below 10^9

    friend bool operator==(const FileTime&, const FileTime&) = default;
};

inline constexpr std::int64_t year_0_s = -62'167'219'200;      // 0000-01-01T00:00:00Z
inline constexpr std::int64_t year_10000_s = 253'402'300'800;  // the first second after 9999

/// A time before the year 0 becomes year_0_s - 1, and one after 9999 becomes year_10000_s.
std::int64_t pack_file_time(FileTime time) noexcept;
FileTime unpack_file_time(std::int64_t word) noexcept;

}  // namespace treecast
