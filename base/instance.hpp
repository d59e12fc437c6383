// The name of an instance, and where its objects are.
//
// An instance is one daemon with its proxies. Its objects (catalog, segments, locks, control
// socket) lie in BASE/NAME/, where BASE is /dev/shm/treecast for services (made by tmpfiles.d)
// and /dev/shm/treecast-UID otherwise. Its queues are named after the daemon's user, the name and
// BASE, since POSIX queues share one flat name space. Formats: docs/format-*.md.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

#include <sys/types.h>

namespace treecast {

inline constexpr std::string_view service_object_base = "/dev/shm/treecast";

class InstanceName {
public:
    /// 1 to 64 letters, digits, '.', '_' and '-', not beginning with '.'.
    [[nodiscard]] static Result<InstanceName> parse(std::string_view text);
    /// Derives the name from the root's real path and the user, by 48 bits of a hash, so that two
    /// trees do not collide. Returns the error of realpath(3) if that fails.
    [[nodiscard]] static Result<InstanceName> of_root(const std::string& root, uid_t user);

    const std::string& text() const noexcept { return text_; }
    friend bool operator==(const InstanceName&, const InstanceName&) = default;

private:
    explicit InstanceName(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// /dev/shm/treecast-UID
std::string private_object_base(uid_t user);

/// The default base for an existing instance: the caller's own if it has the instance, else the
/// services' if that has it, else the caller's own.
std::string find_object_base(const InstanceName& instance, uid_t user);

}  // namespace treecast
