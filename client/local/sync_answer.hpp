// Parses the daemon's answer to `sync`, and formats it as JSON. No I/O.
#pragma once

#include <treecast/exit_code.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::client {

struct LeftOutPath {
    std::string path;  // "." is the root
    std::string reason;
    std::string detail;
};

struct SyncAnswer {
    std::string cursor;
    std::vector<LeftOutPath> left;
    std::uint64_t more = 0;  // number of paths that are left out and not named
    /// Why there is no cursor, in one line; `code` is the exit code for it.
    std::string refusal;
    ExitCode code = ExitCode::ok;
};

/// `text`: lines, the last one without a line break.
SyncAnswer parse_sync_answer(std::string_view text);

/// One line.
std::string sync_json(const SyncAnswer& answer);

}  // namespace treecast::client
