#include "ipc/catalog_writer.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "ipc/catalog_adoption.hpp"
#include "ipc/catalog_file.hpp"
#include "ipc/catalog_header.hpp"
#include "ipc/catalog_storage.hpp"
#include "ipc/catalog_tree.hpp"

#include <utility>

#include <unistd.h>

namespace treecast::ipc {

namespace {

constexpr std::string_view adopted_words =
    "after a restart, what is published has not been compared with the tree yet";

struct Opened {
    std::unique_ptr<CatalogStorage> storage;
    bool adopted = false;
};

Opened adopt_or_make(const ObjectDirectory& directory, CatalogLimits limits) {
    if (auto mapping = open_catalog(directory)) {
        std::string why;
        if (auto storage = adopt_catalog(std::move(mapping), limits, why))
            return {.storage = std::move(storage), .adopted = true};
        log::warn(
            "{}/{} cannot be taken over ({}); making a new one",
            directory.path(),
            catalog_name,
            why
        );
    }
    return {.storage = make_catalog(directory, limits)};
}

}  // namespace

struct CatalogWriter::State {
    explicit State(Opened catalog)
        : adopted(catalog.adopted), storage(std::move(catalog.storage)), tree(*storage) {}

    const bool adopted;
    const std::unique_ptr<CatalogStorage> storage;
    CatalogTree tree;

    void set(HeaderWord word, std::uint64_t value) noexcept {
        storage->pages.store_header(word, value);
    }
    std::uint64_t get(HeaderWord word) const noexcept { return storage->pages.header_value(word); }
};

CatalogWriter::CatalogWriter(const ObjectDirectory& directory, CatalogLimits limits)
    : state_(std::make_unique<State>(adopt_or_make(directory, limits))) {
    state_->set(HeaderWord::daemon_pid, static_cast<std::uint64_t>(::getpid()));
    // An adopted catalog may be out of date until it has been compared with the tree.
    set_degraded(state_->adopted ? adopted_words : "");
    beat();
}

CatalogWriter::~CatalogWriter() = default;

std::shared_ptr<const CatalogMapping> CatalogWriter::mapping() const {
    return state_->storage->mapping;
}

bool CatalogWriter::adopted() const noexcept {
    return state_->adopted;
}

std::uint64_t CatalogWriter::epoch() const noexcept {
    return state_->get(HeaderWord::epoch);
}

std::uint64_t CatalogWriter::newest_revision() const noexcept {
    return state_->get(HeaderWord::newest_revision);
}

std::optional<FileId> CatalogWriter::find(std::string_view path) const {
    if (const auto found = state_->storage->lookup.find(path))
        return found->file;
    return std::nullopt;
}

Result<FileId> CatalogWriter::find_or_make(std::string_view path) {
    return state_->tree.find_or_make(path);
}

Record CatalogWriter::read(FileId file) const {
    const CatalogEntries& entries = state_->storage->entries;
    return entries.in_use(file) ? entries.record(file.slot()).record : Record{};
}

std::string CatalogWriter::path(FileId file) const {
    return state_->storage->lookup.path(file).value_or(std::string());
}

std::vector<FileId> CatalogWriter::children(std::string_view directory) const {
    return state_->tree.children(directory);
}

bool CatalogWriter::has_children(FileId file) const {
    const CatalogEntries& entries = state_->storage->entries;
    return entries.in_use(file) && entries.first_child(file.slot()) != 0;
}

std::vector<FileId> CatalogWriter::below(std::string_view directory) const {
    return state_->tree.below(directory);
}

void CatalogWriter::for_each_below(
    std::string_view directory,
    const std::function<void(FileId, const Record&)>& visit
) const {
    // Collects the ids first, so that `visit` may change entries.
    for (const FileId file : below(directory)) {
        const Record record = read(file);
        if (record.state != FileState::none && record.state != FileState::directory)
            visit(file, record);
    }
}

void CatalogWriter::store(FileId file, const Record& record) {
    state_->storage->store(state_->storage->slot_in_use(file), record);
}

ErrorCode CatalogWriter::set_directory(std::string_view path, bool is_directory) {
    return state_->tree.set_directory(path, is_directory);
}

void CatalogWriter::discard(FileId file) {
    if (state_->storage->entries.in_use(file))
        state_->storage->free_if_idle(file.slot());
}

bool CatalogWriter::has_room_before() const noexcept {
    return state_->storage->has_room_before_ahead();
}

bool CatalogWriter::forget_some() {
    return state_->storage->forget_deletions(CatalogStorage::forgotten_at_once_max);
}

CatalogStorage& CatalogWriter::storage() noexcept {
    return *state_->storage;
}

void CatalogWriter::beat() {
    state_->set(HeaderWord::heartbeat, boot_time_ns());
}

void CatalogWriter::set_scan_complete() {
    state_->set(HeaderWord::flags, state_->get(HeaderWord::flags) | flag_scan_complete);
}

void CatalogWriter::set_leases(bool are_taken) {
    const std::uint64_t others = state_->get(HeaderWord::flags) & ~flag_no_leases;
    state_->set(HeaderWord::flags, others | (are_taken ? 0 : flag_no_leases));
}

void CatalogWriter::set_degraded(std::string_view why) {
    store_degraded(&state_->storage->pages.header(HeaderWord::magic), why);
}

void CatalogWriter::set_residency(std::uint64_t files, std::uint64_t bytes) {
    state_->set(HeaderWord::resident_files, files);
    state_->set(HeaderWord::resident_bytes, bytes);
}

void CatalogWriter::set_counter(Counter counter, std::uint64_t value) {
    const auto first = static_cast<std::uint32_t>(HeaderWord::counters);
    state_->set(static_cast<HeaderWord>(first + static_cast<std::uint32_t>(counter)), value);
}

std::uint64_t CatalogWriter::files() const noexcept {
    return state_->storage->files;
}

std::uint64_t CatalogWriter::capacity_bytes() const noexcept {
    return state_->storage->pages.capacity_bytes();
}

}  // namespace treecast::ipc
