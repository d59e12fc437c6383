#include "watcher/ignore_file.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

Result<std::string> read_text(const TreeRoot& root, const std::string& path) {
    const auto file = root.open_path(path);
    if (file.has_error())
        return file.error();
    struct stat status {};
    if (::fstat(file->get(), &status) != 0)
        return last_system_error();
    if (!S_ISREG(status.st_mode))
        return make_error_code(Errc::not_a_file);
    const std::string by_descriptor = "/proc/self/fd/" + std::to_string(file->get());
    const UniqueFd fd(::open(by_descriptor.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd)
        return last_system_error();
    std::string text(IgnoreRules::bytes_max, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t length = ::read(fd.get(), text.data() + size, text.size() - size);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return last_system_error();
        if (length == 0)
            break;
        size += static_cast<std::size_t>(length);
    }
    text.resize(size);
    return text;
}

}  // namespace

void read_ignore_file(TreeState& state, DirectoryId id, DirectoryReader& entries) {
    bool is_there = false;
    DirectoryEntry entry;
    while (!is_there && entries.next(entry))
        is_there = entry.name == ignore_file_name;
    entries.rewind();
    const std::string directory = state.tree.path(id);
    if (!is_there) {
        state.hiding.set_rules(directory, {});
        return;
    }
    const std::string path = join(directory, ignore_file_name);
    const auto text = read_text(state.root, path);
    if (!text.has_error())
        state.hiding.set_rules(directory, IgnoreRules::parse(*text));
    else if (state.logged.is_new("ignore " + path))
        log::warn("{} cannot be read: {}", path, text.error().message());
}

}  // namespace treecast::watcher
