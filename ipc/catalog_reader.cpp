#include "ipc/catalog_reader.hpp"

#include "base/clock.hpp"
#include "ipc/catalog_file.hpp"
#include "ipc/catalog_lookup.hpp"
#include "ipc/catalog_walk.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace treecast::ipc {

namespace {

ErrorCode check_header(const CatalogMapping& mapping, std::uint64_t object_bytes) {
    const auto word = [&](HeaderWord index) {
        return mapping.words()[static_cast<std::uint32_t>(index)].load(std::memory_order_acquire);
    };
    if (word(HeaderWord::magic) != catalog_magic)
        return Errc::damaged;
    if (word(HeaderWord::layout_version) != catalog_layout_version)
        return Errc::layout_mismatch;
    const std::uint64_t capacity = word(HeaderWord::capacity);
    if (capacity < header_pages * page_bytes || word(HeaderWord::chunk_count) > chunks_max)
        return Errc::damaged;
    // The object may have grown since the caller's fstat, but it never shrinks.
    struct stat status {};
    if (capacity > object_bytes && (::fstat(mapping.descriptor(), &status) != 0 ||
                                    capacity > static_cast<std::uint64_t>(status.st_size)))
        return Errc::damaged;
    return {};
}

}  // namespace

CatalogReader::CatalogReader(std::unique_ptr<const CatalogLookup> lookup)
    : lookup_(std::move(lookup)) {}
CatalogReader::CatalogReader(CatalogReader&&) noexcept = default;
CatalogReader& CatalogReader::operator=(CatalogReader&&) noexcept = default;
CatalogReader::~CatalogReader() = default;

Result<CatalogReader> CatalogReader::attach(const ObjectDirectory& directory) {
    UniqueFd fd(::openat(
        directory.descriptor(),
        catalog_name,
        O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
    ));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0)
        return last_system_error();
    if (status.st_uid != directory.owner())
        return Errc::foreign_owner;
    const auto bytes = static_cast<std::uint64_t>(status.st_size);
    if (!S_ISREG(status.st_mode) || bytes < header_pages * page_bytes)
        return Errc::damaged;

    auto mapping = CatalogMapping::map(std::move(fd), CatalogMapping::Access::read, bytes);
    if (!mapping)
        return mapping.error();
    if (const ErrorCode error = check_header(**mapping, bytes))
        return error;
    return attach(*mapping);
}

CatalogReader CatalogReader::attach(std::shared_ptr<const CatalogMapping> mapping) {
    return CatalogReader(std::make_unique<const CatalogLookup>(std::move(mapping)));
}

CatalogReader CatalogReader::share() const {
    return attach(lookup_->shared_mapping());
}

CatalogHeader CatalogReader::header() const {
    return lookup_->header();
}

std::uint64_t CatalogReader::epoch() const noexcept {
    return lookup_->header(HeaderWord::epoch);
}

std::uint64_t CatalogReader::newest_revision() const noexcept {
    return lookup_->header(HeaderWord::newest_revision);
}

std::uint64_t CatalogReader::claimed_revision() const noexcept {
    return lookup_->header(HeaderWord::claimed_revision);
}

std::uint64_t CatalogReader::forgotten_revision() const noexcept {
    return lookup_->header(HeaderWord::forgotten_revision);
}

bool CatalogReader::scan_complete() const noexcept {
    return (lookup_->header(HeaderWord::flags) & flag_scan_complete) != 0;
}

bool CatalogReader::daemon_alive() const {
    return is_catalog_locked(lookup_->mapping().descriptor());
}

std::chrono::nanoseconds CatalogReader::heartbeat_age() const {
    // The heartbeat is read before the clock, since one that came between the two readings would
    // otherwise seem to be in the future.
    const std::uint64_t beat = lookup_->header(HeaderWord::heartbeat);
    const std::uint64_t now = boot_time_ns();
    // A heartbeat in the future is damaged, or from before a reboot. Report the greatest age.
    return std::chrono::nanoseconds(beat > now ? now : now - beat);
}

bool CatalogReader::still_current(const ObjectDirectory& directory) const {
    struct stat named {};
    struct stat mapped {};
    return ::fstatat(directory.descriptor(), catalog_name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           ::fstat(lookup_->mapping().descriptor(), &mapped) == 0 &&
           named.st_ino == mapped.st_ino && named.st_dev == mapped.st_dev &&
           lookup_->header(HeaderWord::capacity) <= lookup_->mapping().bytes();
}

std::optional<CatalogReader::Found> CatalogReader::find(std::string_view path) const {
    if (const auto entry = lookup_->find(path))
        return Found{entry->file, entry->record};
    return std::nullopt;
}

std::optional<Record> CatalogReader::read(FileId file) const {
    if (const auto entry = lookup_->read(file))
        return entry->record;
    return std::nullopt;
}

std::optional<std::string> CatalogReader::path(FileId file) const {
    return lookup_->path(file);
}

bool CatalogReader::changes_since(std::uint64_t after, std::vector<LogRecord>& changes) const {
    return lookup_->changes_since(after, changes);
}

void CatalogReader::walk(const std::function<bool(FileId, const Record&)>& visit) const {
    walk(root_slot, visit);
}

std::uint64_t CatalogReader::middle_of_log() const noexcept {
    return lookup_->middle_of_log();
}

void CatalogReader::walk(
    std::uint32_t after_slot,
    const std::function<bool(FileId, const Record&)>& visit
) const {
    walk_slots(*lookup_, after_slot, visit);
}

void CatalogReader::walk_below(std::string_view prefix, const PathVisitor& visit) const {
    CatalogWalk walk(*lookup_, prefix, visit);
    if (!walk.follow_links())
        walk.search_slots();
}

}  // namespace treecast::ipc
