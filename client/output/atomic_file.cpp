#include "client/output/atomic_file.hpp"

#include "base/hexadecimal.hpp"
#include "base/tree_path.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::client {

namespace {

[[noreturn]] void fail(int error, const std::string& file) {
    throw std::system_error(error, std::generic_category(), file);
}

mode_t default_mode() {
    const mode_t mask = ::umask(0);  // there is no other way to read it; no thread is running
    ::umask(mask);
    return 0666 & ~mask;
}

}  // namespace

AtomicFile::Place AtomicFile::place_of(const std::string& target) {
    const std::unique_ptr<char, decltype(&std::free)> real(
        ::realpath(target.c_str(), nullptr),
        &std::free
    );
    const std::string resolved = real ? std::string(real.get()) : target;
    const std::string parent(parent_of(resolved));
    const bool is_absolute = resolved.starts_with('/');
    return {parent.empty() ? (is_absolute ? "/" : ".") : parent, std::string(name_of(resolved))};
}

AtomicFile::AtomicFile(const std::string& target) try : AtomicFile(place_of(target)) {
    target_ = target;
} catch (const std::system_error& error) {
    fail(error.code().value(), target);
}

AtomicFile::AtomicFile(const Place& place)
    : AtomicFile(TargetDirectory(place.directory), place.name) {}

AtomicFile::AtomicFile(const TargetDirectory& directory, std::string_view path)
    : target_(path), name_(name_of(path)), directory_(directory.open(parent_of(path))) {
    struct stat existing {};
    const bool keeps_mode =
        ::fstatat(directory_.get(), name_.c_str(), &existing, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISLNK(existing.st_mode);
    create_temporary();
    ::fchmod(file_.get(), keeps_mode ? existing.st_mode & 07777 : default_mode());
}

/// The name is random and created exclusively: a file or link of somebody else is never opened.
void AtomicFile::create_temporary() {
    for (int tries = 0; tries < 16 && !file_; ++tries) {
        std::uint64_t random = 0;
        if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random))
            fail(errno, target_);
        temporary_ = ".treecast-" + std::string(HexWord(random).view());
        file_.reset(::openat(
            directory_.get(),
            temporary_.c_str(),
            O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
            0600
        ));
        if (!file_ && errno != EEXIST)
            break;
    }
    if (!file_) {
        temporary_.clear();
        fail(errno, target_);
    }
}

AtomicFile::~AtomicFile() {
    if (!temporary_.empty())
        ::unlinkat(directory_.get(), temporary_.c_str(), 0);
}

void AtomicFile::commit() {
    if (::fsync(file_.get()) != 0 ||
        ::renameat(directory_.get(), temporary_.c_str(), directory_.get(), name_.c_str()) != 0)
        fail(errno, target_);
    temporary_.clear();
    // The rename is durable only after the directory was synced; the file is complete in any case.
    const UniqueFd readable(::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (readable)
        ::fsync(readable.get());
}

}  // namespace treecast::client
