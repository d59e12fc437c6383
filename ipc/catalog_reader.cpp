#include "ipc/catalog_reader.hpp"

#include "ipc/catalog_object.hpp"
#include "ipc/catalog_view.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>

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
    // The object may have grown since its length was asked for, but never shrinks.
    struct stat status {};
    if (capacity > object_bytes && (::fstat(mapping.descriptor(), &status) != 0 ||
                                    capacity > static_cast<std::uint64_t>(status.st_size)))
        return Errc::damaged;
    return {};
}

}  // namespace

CatalogReader::CatalogReader(std::unique_ptr<const CatalogView> view) : view_(std::move(view)) {}
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
    return CatalogReader(std::make_unique<const CatalogView>(std::move(mapping)));
}

CatalogHeader CatalogReader::header() const {
    CatalogHeader header;
    header.epoch = epoch();
    header.newest_revision = newest_revision();
    header.claimed_revision = claimed_revision();
    header.forgotten_revision = forgotten_revision();
    header.log_floor = view_->header(HeaderWord::log_floor);
    header.heartbeat_ns = static_cast<std::int64_t>(view_->header(HeaderWord::heartbeat));
    header.scan_complete = scan_complete();
    header.leases = (view_->header(HeaderWord::flags) & flag_no_leases) == 0;
    header.files = view_->header(HeaderWord::files);
    header.stale_files = view_->header(HeaderWord::stale_files);
    header.resident_files = view_->header(HeaderWord::resident_files);
    header.resident_bytes = view_->header(HeaderWord::resident_bytes);
    header.last_change_us = view_->header(HeaderWord::last_change);
    header.daemon_pid = static_cast<std::uint32_t>(view_->header(HeaderWord::daemon_pid));
    for (std::uint32_t i = 0; i < counter_count; ++i)
        header.counters[i] = view_->header(
            static_cast<HeaderWord>(static_cast<std::uint32_t>(HeaderWord::counters) + i)
        );
    header.degraded = view_->degraded();
    return header;
}

std::uint64_t CatalogReader::epoch() const noexcept {
    return view_->header(HeaderWord::epoch);
}

std::uint64_t CatalogReader::newest_revision() const noexcept {
    return view_->header(HeaderWord::newest_revision);
}

std::uint64_t CatalogReader::claimed_revision() const noexcept {
    return view_->header(HeaderWord::claimed_revision);
}

std::uint64_t CatalogReader::forgotten_revision() const noexcept {
    return view_->header(HeaderWord::forgotten_revision);
}

bool CatalogReader::scan_complete() const noexcept {
    return (view_->header(HeaderWord::flags) & flag_scan_complete) != 0;
}

bool CatalogReader::daemon_alive() const {
    return is_catalog_locked(view_->mapping().descriptor());
}

std::chrono::nanoseconds CatalogReader::heartbeat_age() const {
    // Before the clock, or a heart that beats between the two would seem to beat in the future.
    const std::uint64_t beat = view_->header(HeaderWord::heartbeat);
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    const std::int64_t now_ns = std::int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
    // A heartbeat of the future is damage, or from before a reboot, and tells nothing.
    if (beat > static_cast<std::uint64_t>(now_ns))
        return std::chrono::nanoseconds(now_ns);
    return std::chrono::nanoseconds(now_ns - static_cast<std::int64_t>(beat));
}

bool CatalogReader::still_current(const ObjectDirectory& directory) const {
    struct stat named {};
    struct stat mapped {};
    return ::fstatat(directory.descriptor(), catalog_name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           ::fstat(view_->mapping().descriptor(), &mapped) == 0 && named.st_ino == mapped.st_ino &&
           named.st_dev == mapped.st_dev &&
           view_->header(HeaderWord::capacity) <= view_->mapping().bytes();
}

std::optional<CatalogReader::Found> CatalogReader::find(std::string_view path) const {
    if (const auto entry = view_->find(path))
        return Found{entry->file, entry->record};
    return std::nullopt;
}

std::optional<Record> CatalogReader::read(FileId file) const {
    if (const auto entry = view_->read(file))
        return entry->record;
    return std::nullopt;
}

std::optional<std::string> CatalogReader::path(FileId file) const {
    return view_->path(file);
}

bool CatalogReader::changes_since(std::uint64_t after, std::vector<LogRecord>& changes) const {
    return view_->changes_since(after, changes);
}

void CatalogReader::walk(const std::function<bool(FileId, const Record&)>& visit) const {
    const std::uint32_t slots = view_->slots();
    for (std::uint32_t slot = root_slot + 1; slot < slots; ++slot) {
        // A chunk that is not there is passed at once, however many a damaged header counts.
        if (slot % chunk_slots == 0 && !view_->slot(slot))
            slot += chunk_slots - 1;
        const auto entry = view_->entry(slot);
        if (entry && entry->record.change_revision != 0 && !visit(entry->file, entry->record))
            return;
    }
}

}  // namespace treecast::ipc
