// A file that appears under its name complete and durable, or not at all.
//
// It is written beside its target, under a name that begins with a dot. An existing target keeps
// its permissions.
#pragma once

#include "base/unique_fd.hpp"
#include "client/output/target_directory.hpp"

#include <string>
#include <string_view>

namespace treecast::client {

class AtomicFile {
public:
    /// Writes `path` below `directory`. No link is followed; a link that has the name is replaced.
    /// Throws std::system_error naming the file.
    AtomicFile(const TargetDirectory& directory, std::string_view path);
    /// If the target is a symbolic link, the file that it points to is replaced, not the link.
    explicit AtomicFile(const std::string& target);
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    /// Removes the temporary file if it was not committed.
    ~AtomicFile();

    int descriptor() const noexcept { return file_.get(); }
    /// Syncs and renames. If it throws std::system_error, the target is unchanged.
    void commit();

private:
    struct Place {
        std::string directory;
        std::string name;
    };
    static Place place_of(const std::string& target);
    explicit AtomicFile(const Place& place);
    void create_temporary();

    std::string target_;  // for messages
    std::string name_;    // in `directory_`
    UniqueFd directory_;
    std::string temporary_;  // empty: committed
    UniqueFd file_;
};

}  // namespace treecast::client
