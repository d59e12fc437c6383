// Reads the names in a directory, as the kernel gives them, into one buffer that is reused.
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

/// What `name` in the open directory `fd` is itself, for filesystems whose listings do not say;
/// unknown if it is gone again.
EntryType entry_type(int fd, const char* name);

class DirectoryReader {
public:
    /// Reads the open directory `fd` to its end. After an error next() gives what was read before
    /// it.
    ErrorCode read(int fd);
    /// The same in parts: begin(), then read_some() until it gives 0, the bytes of no more names,
    /// or an error.
    ErrorCode begin(int fd);
    Result<std::size_t> read_some(int fd);
    /// The names read, but "." and ".."; false at the end. They are valid until the next read().
    bool next(DirectoryEntry& entry) noexcept;
    void rewind() noexcept { at_ = 0; }

private:
    std::vector<char> buffer_;
    std::size_t size_ = 0;
    std::size_t at_ = 0;
};

}  // namespace treecast::watcher
