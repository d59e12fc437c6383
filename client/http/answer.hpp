// An HTTP answer as the poll and `get` judge it: what came, not how. Pure.
#pragma once

#include "base/sha256.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace treecast::client {

struct Answer {
    long status = 0;      // 0: no answer came
    std::string failure;  // why there is no answer, or not all of it; empty: complete
    std::string version;  // Treecast-Version
    std::string etag;
    std::string sha256;                 // Treecast-SHA256, as sent
    std::optional<std::int64_t> mtime;  // Last-Modified, seconds since 1970
    std::optional<std::chrono::seconds> retry_after;
    std::string problem;                   // the body of anything but 200, its first 16 KiB
    std::uint64_t body_bytes = 0;          // of a 200
    Sha256 body_sha256{};                  // of the bytes of a 200 that arrived
    std::chrono::milliseconds elapsed{0};  // from asking to the last byte
};

/// Whether a 200 is a file of Treecast, whole and unharmed; else one line that says why not.
/// Nothing that has a flaw is ever delivered.
std::optional<std::string> flaw_of(const Answer& answer);

/// Whether a 404 says that the file is absent: only Treecast knows that.
bool says_absent(const Answer& answer);

/// What went wrong, in one line: the connection's error, or the status with the detail (or
/// title) of its problem+json.
std::string describe_failure(const Answer& answer);

}  // namespace treecast::client
