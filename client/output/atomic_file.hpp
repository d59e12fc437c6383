// A file that appears under its name whole and durable, or not at all.
//
// It is written beside its target under a name that begins with a dot; an existing target keeps
// its permissions, and one that is a symbolic link stays one: what it points to is replaced.
#pragma once

#include "base/unique_fd.hpp"

#include <string>

namespace treecast::client {

class AtomicFile {
public:
    /// Throws std::system_error naming the file.
    explicit AtomicFile(const std::string& target);
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    /// Removes what was not committed.
    ~AtomicFile();

    int descriptor() const noexcept { return fd_.get(); }
    /// Syncs and renames. Throws std::system_error; then the target is as it was.
    void commit();

private:
    std::string target_;
    std::string temporary_;  // empty: committed
    UniqueFd fd_;
};

}  // namespace treecast::client
