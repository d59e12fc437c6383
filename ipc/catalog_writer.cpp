#include "ipc/catalog_writer.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"
#include "ipc/catalog_adoption.hpp"
#include "ipc/catalog_object.hpp"
#include "ipc/catalog_parts.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <utility>

#include <unistd.h>

namespace treecast::ipc {

namespace {

constexpr std::string_view adopted_words =
    "after a restart, what is published has not been compared with the tree yet";

std::uint64_t boot_time_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000000000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

struct CatalogWriter::State {
    std::unique_ptr<CatalogParts> parts;
    bool adopted = false;
    std::string last_directory;
    FileId last_directory_id;  // an entry keeps its path for as long as it is in use

    void set(HeaderWord word, std::uint64_t value) noexcept {
        parts->regions.store_header(word, value);
    }
    std::uint64_t get(HeaderWord word) const noexcept { return parts->regions.header_value(word); }
    /// The directory of the file before is mostly that of the next one.
    std::optional<std::uint32_t> slot_of(std::string_view directory) {
        if (last_directory != directory || !parts->entries.in_use(last_directory_id)) {
            const auto slot = parts->slot_of(directory);
            if (!slot || *slot == root_slot)
                return slot;
            last_directory = directory;
            last_directory_id = parts->entries.file_id(*slot);
        }
        return last_directory_id.slot();
    }
};

CatalogWriter::CatalogWriter(const ObjectDirectory& directory, CatalogLimits limits)
    : state_(std::make_unique<State>()) {
    if (auto mapping = open_catalog(directory)) {
        std::string why;
        state_->parts = adopt_catalog(std::move(mapping), limits, why);
        state_->adopted = state_->parts != nullptr;
        if (!state_->adopted)
            log::warn(
                "{}/{} cannot be taken over ({}); making a new one",
                directory.path(),
                catalog_name,
                why
            );
    }
    if (!state_->adopted)
        state_->parts = make_catalog(directory, limits);
    state_->set(HeaderWord::daemon_pid, static_cast<std::uint64_t>(::getpid()));
    // What was adopted is vouched for only once it has been compared with the tree.
    set_degraded(state_->adopted ? adopted_words : "");
    beat();
}

CatalogWriter::~CatalogWriter() = default;

std::shared_ptr<const CatalogMapping> CatalogWriter::mapping() const {
    return state_->parts->mapping;
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
    if (const auto found = state_->parts->view.find(path))
        return found->file;
    return std::nullopt;
}

Result<FileId> CatalogWriter::find_or_make(std::string_view path) {
    CatalogParts& parts = *state_->parts;
    const PathHash hash = parts.view.hash_of(path);
    if (const auto found = parts.view.find(path, hash))
        return found->file;
    if (!is_valid_path(path))
        return Errc::invalid_path;

    // Down from the deepest directory that is there.
    std::string_view known = parent_of(path);
    std::optional<std::uint32_t> parent;
    while (!(parent = state_->slot_of(known)))
        known = parent_of(known);
    if (*parent != root_slot)
        parts.set_directory(*parent, true);
    for (;;) {
        const std::size_t begin = known.empty() ? 0 : known.size() + 1;
        const std::size_t end = std::min(path.find('/', begin), path.size());
        known = path.substr(0, end);
        const bool is_leaf = end == path.size();
        const auto made =
            parts.make(known, is_leaf ? hash : parts.view.hash_of(known), *parent, !is_leaf);
        if (!made) {
            give_back_directories(*parent);
            return made.error();
        }
        if (is_leaf)
            return parts.entries.file_id(*made);
        parent = *made;
    }
}

void CatalogWriter::give_back_directories(std::uint32_t slot) {
    CatalogParts& parts = *state_->parts;
    while (slot != root_slot && parts.entries.first_child(slot) == 0) {
        const std::uint32_t parent = parts.entries.parent(slot);
        parts.set_directory(slot, false);
        parts.free_if_idle(slot);
        slot = parent;
    }
}

Record CatalogWriter::read(FileId file) const {
    const CatalogEntries& entries = state_->parts->entries;
    return entries.in_use(file) ? entries.record(file.slot()).record : Record{};
}

std::string CatalogWriter::path(FileId file) const {
    return state_->parts->view.path(file).value_or(std::string());
}

std::vector<FileId> CatalogWriter::children(std::string_view directory) const {
    const CatalogEntries& entries = state_->parts->entries;
    std::vector<FileId> children;
    if (const auto parent = state_->parts->slot_of(directory))
        for (auto slot = entries.first_child(*parent); slot != 0; slot = entries.next_sibling(slot))
            children.push_back(entries.file_id(slot));
    return children;
}

bool CatalogWriter::has_children(FileId file) const {
    const CatalogEntries& entries = state_->parts->entries;
    return entries.in_use(file) && entries.first_child(file.slot()) != 0;
}

std::vector<FileId> CatalogWriter::below(std::string_view directory) const {
    const CatalogEntries& entries = state_->parts->entries;
    std::vector<FileId> below;
    const auto top = state_->parts->slot_of(directory);
    if (!top)
        return below;
    std::vector<std::uint32_t> open{*top};
    while (!open.empty()) {
        const std::uint32_t parent = open.back();
        open.pop_back();
        for (auto slot = entries.first_child(parent); slot != 0;
             slot = entries.next_sibling(slot)) {
            below.push_back(entries.file_id(slot));
            if (entries.first_child(slot) != 0)
                open.push_back(slot);
        }
    }
    return below;
}

void CatalogWriter::for_each_below(
    std::string_view directory,
    const std::function<void(FileId, const Record&)>& visit
) const {
    // The ids first, so that `visit` may change what it likes.
    for (const FileId file : below(directory)) {
        const Record record = read(file);
        if (record.state != FileState::none && record.state != FileState::directory)
            visit(file, record);
    }
}

void CatalogWriter::store(FileId file, const Record& record) {
    state_->parts->store(state_->parts->slot_in_use(file), record);
}

ErrorCode CatalogWriter::set_directory(std::string_view path, bool is_directory) {
    CatalogParts& parts = *state_->parts;
    if (path.empty())
        return {};
    if (is_directory) {
        const auto file = find_or_make(path);
        if (!file)
            return file.error();
        parts.set_directory(file->slot(), true);
    } else if (const auto file = find(path)) {
        parts.set_directory(file->slot(), false);
        parts.free_if_idle(file->slot());
    }
    return {};
}

void CatalogWriter::discard(FileId file) {
    if (state_->parts->entries.in_use(file))
        state_->parts->free_if_idle(file.slot());
}

bool CatalogWriter::has_room_before() const noexcept {
    return state_->parts->has_room_before_ahead();
}

bool CatalogWriter::forget_some() {
    return state_->parts->forget_deletions(CatalogParts::forgotten_at_once_max);
}

CatalogParts& CatalogWriter::parts() noexcept {
    return *state_->parts;
}

void CatalogWriter::beat() {
    state_->set(HeaderWord::heartbeat, boot_time_ns());
}

void CatalogWriter::set_scan_complete() {
    state_->set(HeaderWord::flags, state_->get(HeaderWord::flags) | flag_scan_complete);
}

void CatalogWriter::set_leases(bool asked_for) {
    const std::uint64_t others = state_->get(HeaderWord::flags) & ~flag_no_leases;
    state_->set(HeaderWord::flags, others | (asked_for ? 0 : flag_no_leases));
}

void CatalogWriter::set_degraded(std::string_view why) {
    why = why.substr(0, degraded_bytes_max);
    const std::uint64_t next = state_->get(HeaderWord::degraded_selector) + 1;
    Word* text =
        &state_->parts->regions.header(HeaderWord::degraded_texts) + (next & 1) * degraded_words;
    text[0].store(why.size(), std::memory_order_release);
    for (std::size_t done = 0; done < why.size(); done += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, why.data() + done, std::min<std::size_t>(why.size() - done, 8));
        text[1 + done / 8].store(word, std::memory_order_release);
    }
    state_->set(HeaderWord::degraded_selector, next);
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
    return state_->parts->files;
}

std::uint64_t CatalogWriter::capacity_bytes() const noexcept {
    return state_->parts->regions.capacity_bytes();
}

}  // namespace treecast::ipc
