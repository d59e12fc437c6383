// A file's time in one 64-bit word, as watcher, catalog and proxy keep it. Pure.
//
// The word is the nanoseconds since 1970, as long as they are less than 2^62: from 1823 to 2116.
// Filesystems hold more (NTFS begins in 1601, ext4 ends in 2446, tmpfs takes any 64-bit second).
// What lies outside is kept in steps of 100 ns, at most to the ends of the years 0 to 9999, which
// is all that RFC 3339 can write. Words are equal, and ordered, as the times are.
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

/// Times before the year 0 become its beginning less a second, those after 9999 year_10000_s.
std::int64_t pack_file_time(FileTime time) noexcept;
FileTime unpack_file_time(std::int64_t word) noexcept;

}  // namespace treecast
