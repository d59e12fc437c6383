#include "client/output/output.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <poll.h>
#include <unistd.h>

namespace treecast::client {

void write_all(int target, std::string_view bytes, const char* what) {
    while (!bytes.empty()) {
        const auto written = ::write(target, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        if (errno == EAGAIN) {  // somebody made the descriptor non-blocking
            pollfd writable{target, POLLOUT, 0};
            ::poll(&writable, 1, -1);
        } else if (errno != EINTR) {
            throw std::system_error(errno, std::generic_category(), what);
        }
    }
}

void write_to_stdout(std::string_view text) {
    write_all(STDOUT_FILENO, text, "standard output");
}

void copy_to(int descriptor, int target) {
    std::array<char, 65536> buffer{};
    off_t offset = 0;
    while (true) {
        const auto bytes = ::pread(descriptor, buffer.data(), buffer.size(), offset);
        if (bytes == 0)
            return;
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0)
            throw std::system_error(errno, std::generic_category(), "reading the content");
        write_all(target, {buffer.data(), static_cast<std::size_t>(bytes)}, "writing the content");
        offset += bytes;
    }
}

}  // namespace treecast::client
