// Waits for what another process writes to a file.
#pragma once

#include "test/support/poll_until.hpp"
#include "test/support/temporary_directory.hpp"

#include <filesystem>
#include <string>

namespace treecast::test {

[[nodiscard]] inline bool file_becomes(const std::string& path, const std::string& content) {
    return poll_until([&] {
        return std::filesystem::exists(path) && read_file(path) == content;
    });
}

}  // namespace treecast::test
