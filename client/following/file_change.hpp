// A change of a followed file, as `treecast watch` prints it and hands it to commands. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace treecast::client {

/// What to do with the state that is found first.
enum class FirstState { report, skip };

enum class FileEvent { change, deleted, absent };

/// "change", "delete", "absent"
const char* to_string(FileEvent event) noexcept;

/// `size` and `mtime` are set only for a `change`. So is `sha256`, if the server knows it already.
struct FileChange {
    FileEvent event = FileEvent::change;
    std::string version;
    std::string sha256;
    std::uint64_t size = 0;
    std::optional<std::int64_t> mtime;  // seconds since 1970
};

}  // namespace treecast::client
