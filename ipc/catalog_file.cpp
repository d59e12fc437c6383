#include "ipc/catalog_file.hpp"

#include "base/kernel_limits.hpp"
#include "base/log.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::ipc {

namespace {

constexpr const char* unfinished_name = "catalog.new";

struct flock whole_lock() noexcept {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0;
    lock.l_len = 1;
    return lock;
}

StartupError refusal(const ObjectDirectory& directory, const std::string& reason) {
    return {ExitCode::configuration, directory.path() + '/' + catalog_name + ": " + reason};
}

StartupError no_room(const ObjectDirectory& directory, ErrorCode error) {
    return refusal(directory, "cannot be made: " + reason_of(error));
}

std::uint64_t random_epoch() {
    std::uint64_t epoch = 0;
    while (epoch == 0)
        if (::getrandom(&epoch, sizeof epoch, 0) != sizeof epoch)
            throw StartupError(ExitCode::configuration, "getrandom(2) does not work");
    return epoch;
}

}  // namespace

bool lock_catalog(int fd) noexcept {
    struct flock lock = whole_lock();
    return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

bool is_catalog_locked(int fd) noexcept {
    struct flock lock = whole_lock();
    return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

std::shared_ptr<CatalogMapping> open_catalog(const ObjectDirectory& directory) {
    UniqueFd fd(
        ::openat(directory.descriptor(), catalog_name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    );
    if (!fd) {
        if (errno != ENOENT)
            log::warn(
                "{}/{}: {}; making a new one",
                directory.path(),
                catalog_name,
                last_system_error().message()
            );
        return nullptr;
    }
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return nullptr;
    if (status.st_uid != directory.owner())
        throw refusal(directory, "belongs to user " + std::to_string(status.st_uid));
    if (!lock_catalog(fd.get()))
        throw refusal(directory, "is being written by another daemon");
    const auto bytes = static_cast<std::uint64_t>(status.st_size);
    if (!S_ISREG(status.st_mode) || bytes < header_pages * page_bytes)
        return nullptr;

    ::fchmod(fd.get(), directory.object_mode());
    auto mapping = CatalogMapping::map(std::move(fd), CatalogMapping::Access::write, bytes);
    if (!mapping)
        throw refusal(directory, "cannot be mapped: " + mapping.error().message());
    return *mapping;
}

std::unique_ptr<CatalogStorage>
make_catalog(const ObjectDirectory& directory, CatalogLimits limits) {
    ::unlinkat(directory.descriptor(), unfinished_name, 0);
    UniqueFd fd(::openat(
        directory.descriptor(),
        unfinished_name,
        O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
        0600
    ));
    if (!fd || ::fchmod(fd.get(), directory.object_mode()) != 0)
        throw no_room(directory, last_system_error());
    constexpr std::uint64_t header_bytes = header_pages * page_bytes;
    if (const ErrorCode error = allocate_pages(fd.get(), 0, header_bytes))
        throw no_room(directory, error);
    if (!lock_catalog(fd.get()))
        throw no_room(directory, last_system_error());
    auto mapping = CatalogMapping::map(std::move(fd), CatalogMapping::Access::write, header_bytes);
    if (!mapping)
        throw no_room(directory, mapping.error());

    auto storage = std::make_unique<CatalogStorage>(*mapping, limits);
    const auto set = [&](HeaderWord word, std::uint64_t value) {
        storage->pages.header(word).store(value, std::memory_order_release);
    };
    set(HeaderWord::layout_version, catalog_layout_version);
    set(HeaderWord::epoch, random_epoch());
    set(HeaderWord::capacity, header_bytes);
    ErrorCode error = storage->log.make(limits.log_slots);
    if (!error)
        error = storage->entries.add_chunk();
    if (!error)
        error = storage->index.start(0);
    if (error) {
        ::unlinkat(directory.descriptor(), unfinished_name, 0);
        throw no_room(directory, error);
    }
    storage->index.publish();
    set(HeaderWord::magic, catalog_magic);
    if (::renameat(directory.descriptor(), unfinished_name, directory.descriptor(), catalog_name) !=
        0)
        throw no_room(directory, last_system_error());
    return storage;
}

}  // namespace treecast::ipc
