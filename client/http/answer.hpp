// An HTTP answer with the fields that the commands evaluate. Pure.
#pragma once

#include "base/sha256.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace treecast::client {

struct Answer {
    long status = 0;      // 0: no answer came
    std::string failure;  // why there is no answer, or only a part of it; empty: complete
    std::string version;  // Treecast-Version
    std::string etag;
    std::string sha256;                 // Treecast-SHA256, as sent
    std::optional<std::int64_t> mtime;  // Last-Modified, seconds since 1970
    std::optional<std::chrono::seconds> retry_after;
    std::string problem;                   // the body of anything but 200, its first 16 KiB
    std::uint64_t body_bytes = 0;          // of a 200
    Sha256 body_sha256{};                  // of the bytes of a 200 that have arrived
    std::chrono::milliseconds elapsed{0};  // from the request to the last byte
};

/// Checks that a 200 is a complete and undamaged file of Treecast. Returns the reason in one line
/// if not. A file with a flaw is never delivered.
std::optional<std::string> flaw_of(const Answer& answer);

/// Whether a 404 means that the file is absent. Only a 404 of Treecast does.
bool says_absent(const Answer& answer);

/// The error in one line: that of the connection, or the status with the detail (or title) of its
/// problem+json.
std::string describe_failure(const Answer& answer);

}  // namespace treecast::client
