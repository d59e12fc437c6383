#include "client/output/atomic_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::client {

namespace {

[[noreturn]] void fail(const std::string& file) {
    throw std::system_error(errno, std::generic_category(), file);
}

std::string resolved(const std::string& target) {
    const std::unique_ptr<char, decltype(&std::free)> real(
        ::realpath(target.c_str(), nullptr),
        &std::free
    );
    return real ? std::string(real.get()) : target;
}

mode_t default_mode() {
    const mode_t mask = ::umask(0);  // there is no other way to ask; no thread is running
    ::umask(mask);
    return 0666 & ~mask;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& target) : target_(resolved(target)) {
    const auto name_at = target_.rfind('/') + 1;  // npos + 1 is 0
    temporary_ = target_.substr(0, name_at) + ".treecast-XXXXXX";
    struct stat existing {};
    const bool exists = ::stat(target_.c_str(), &existing) == 0;
    fd_.reset(::mkostemp(temporary_.data(), O_CLOEXEC));
    if (!fd_) {
        temporary_.clear();
        fail(target);
    }
    ::fchmod(fd_.get(), exists ? existing.st_mode & 07777 : default_mode());
}

AtomicFile::~AtomicFile() {
    if (!temporary_.empty())
        ::unlink(temporary_.c_str());
}

void AtomicFile::commit() {
    if (::fsync(fd_.get()) != 0 || ::rename(temporary_.c_str(), target_.c_str()) != 0)
        fail(target_);
    temporary_.clear();
    // The rename itself is durable once the directory is; the file is whole in any case.
    const auto slash = target_.rfind('/');
    const std::string directory =
        slash == target_.npos ? "." : target_.substr(0, slash == 0 ? 1 : slash);
    const UniqueFd parent(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent)
        ::fsync(parent.get());
}

}  // namespace treecast::client
