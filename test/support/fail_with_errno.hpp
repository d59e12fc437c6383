// Throws when a system call of the test itself fails.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace treecast::test {

[[noreturn]] inline void fail_with_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace treecast::test
