// Reads the entries of an open directory, in the kernel's order, into one buffer that it reuses.
// Errors are returned as the kernel reports them.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace treecast::watcher {

enum class EntryType { regular, directory, link, other, unknown };

struct DirectoryEntry {
    const char* name = nullptr;  // ends with NUL
    EntryType type = EntryType::unknown;
};

/// Stats `name` in the open directory `fd` without following links, for filesystems whose listings
/// lack the type. Returns `unknown` if the name has vanished.
EntryType entry_type(int fd, const char* name);

class DirectoryReader {
public:
    /// Reads the open directory `fd` to its end. After an error, next() still returns the entries
    /// that were read before it.
    ErrorCode read(int fd);
    /// The same in parts: call begin(), then read_some() until it returns 0 (the end) or an error.
    ErrorCode begin(int fd);
    /// Returns the number of bytes read.
    Result<std::size_t> read_some(int fd);
    /// Returns the next entry, without "." and ".."; false at the end. An entry is valid until the
    /// next read.
    bool next(DirectoryEntry& entry) noexcept;
    void rewind() noexcept { at_ = 0; }

private:
    std::vector<char> buffer_;
    std::size_t size_ = 0;
    std::size_t at_ = 0;
};

}  // namespace treecast::watcher
