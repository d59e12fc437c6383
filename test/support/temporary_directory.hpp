// A directory of a test's own, which is removed with its contents.
#pragma once

#include <string>
#include <string_view>

namespace treecast::test {

class TemporaryDirectory {
public:
    /// Below $TMPDIR or /tmp; mode 0755 whatever the umask, so that programs that run as another
    /// user can read it.
    TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();

    const std::string& path() const noexcept { return path_; }
    /// "a/b" gives PATH/a/b.
    std::string operator/(std::string_view relative) const;

    /// Writes in place, as `>` does, and creates missing directories. A new file gets mode 0644.
    void write(std::string_view relative, std::string_view content) const;
    /// Writes a temporary file and renames it over the target, as most editors do.
    void replace(std::string_view relative, std::string_view content) const;

private:
    std::string path_;
};

/// All bytes of a file; throws std::system_error.
std::string read_file(const std::string& path);

}  // namespace treecast::test
