#include "client/processes/executable.hpp"

#include "base/error.hpp"
#include "base/kernel_limits.hpp"

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <unistd.h>

namespace treecast::client {

std::string find_program(const std::string& name) {
    require_proc();
    std::error_code error;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
    std::string beside = own.parent_path() / name;
    if (!error && ::access(beside.c_str(), X_OK) == 0)
        return beside;

    const char* const path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): one thread
    std::string_view rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
        const auto directory = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(directory.size() + 1, rest.size()));
        std::string candidate = std::string(directory) + '/' + name;
        if (!directory.empty() && ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    throw StartupError(
        ExitCode::configuration,
        name + " is neither beside this program (" + own.parent_path().string() + ") nor in PATH"
    );
}

}  // namespace treecast::client
