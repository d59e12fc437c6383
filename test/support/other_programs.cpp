#include "test/support/other_programs.hpp"

#include "test/support/fail_with_errno.hpp"

#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>

#include <sys/socket.h>
#include <unistd.h>

namespace treecast::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* directories_of_services = ":/usr/local/sbin:/usr/sbin";

/// LD_LIBRARY_PATH for a program in PREFIX/usr/bin or PREFIX/usr/sbin: the directories below
/// PREFIX/usr/lib that have shared libraries. Empty for a program that is installed.
std::string libraries_beside(const fs::path& program) {
    const fs::path usr = program.parent_path().parent_path();
    std::string directories;
    if (usr.filename() != "usr" || usr == "/usr" || !fs::is_directory(usr / "lib"))
        return directories;
    for (const auto& entry : fs::directory_iterator(usr / "lib"))
        if (entry.path().filename().string().ends_with("-linux-gnu"))
            directories += (directories.empty() ? "" : ":") + entry.path().string();
    return directories;
}

}  // namespace

std::string path_of_program(const std::string& name) {
    const char* const path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
    std::istringstream directories(
        (path == nullptr ? std::string() : path) + directories_of_services
    );
    for (std::string directory; std::getline(directories, directory, ':');) {
        const fs::path found = fs::path(directory) / name;
        if (!directory.empty() && ::access(found.c_str(), X_OK) == 0)
            return fs::absolute(found);
    }
    throw std::runtime_error("not installed");
}

ChildProcess run_program(
    const std::string& name,
    const std::vector<std::string>& arguments,
    const std::string& home
) {
    const std::string program = path_of_program(name);
    ChildOptions options{.environment = {{"HOME", home}}, .directory = home};
    if (const std::string libraries = libraries_beside(program); !libraries.empty())
        options.environment["LD_LIBRARY_PATH"] = libraries;
    return {program, arguments, options};
}

std::uint16_t unused_port() {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.get(), any, bytes) != 0 || ::getsockname(socket.get(), any, &bytes) != 0)
        fail_with_errno("a port");
    return ntohs(address.sin_port);
}

}  // namespace treecast::test
