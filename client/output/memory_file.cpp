#include "client/output/memory_file.hpp"

#include <cerrno>
#include <system_error>

#include <sys/mman.h>

namespace treecast::client {

UniqueFd create_memory_file() {
    UniqueFd file(::memfd_create("treecast-content", MFD_CLOEXEC));
    if (!file)
        throw std::system_error(errno, std::generic_category(), "memfd_create");
    return file;
}

}  // namespace treecast::client
