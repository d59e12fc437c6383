#include "ipc/catalog_adoption.hpp"

#include "base/clock.hpp"
#include "base/tree_path.hpp"

#include <treecast/limits.hpp>

#include <algorithm>

#include <sys/stat.h>

namespace treecast::ipc {

namespace {

constexpr std::uint64_t day_us = std::uint64_t{24} * 3600 * 1000 * 1000;

struct Unsound {
    const char* why;
};

void require(bool holds, const char* why) {
    if (!holds)
        throw Unsound{why};
}

/// The results of the checks, for the later steps.
class Adoption {
public:
    explicit Adoption(CatalogStorage& storage) : storage_(storage), pages_(storage.pages) {}

    void check_header();
    void check_regions();
    void check_entries();
    void check_revisions() const;
    void build_index();

    void take_over();

private:
    std::uint64_t value(HeaderWord word) const { return pages_.header_value(word); }
    void check_entry(std::uint32_t slot, const Entry& entry);
    void check_parents() const;
    void list(std::uint32_t slot, const std::string& path, PathHash hash);
    void publish_cut_off();
    void collect();

    CatalogStorage& storage_;
    CatalogPages& pages_;
    RegionDescriptor old_index_;
    bool old_index_is_valid_ = false;
    bool keeps_index_ = false;
    std::vector<std::pair<PathHash, std::uint32_t>> unlisted_;  // missing in an index that is kept
    std::vector<bool> is_entry_;
    std::vector<bool> is_used_;  // entries, and the slots of long names
    std::uint64_t paths_ = 0;
    std::uint64_t newest_in_entries_ = 0;
    std::vector<LogRecord> cut_off_;  // changes above the header's revision
};

void Adoption::check_header() {
    require(value(HeaderWord::magic) == catalog_magic, "no magic");
    require(value(HeaderWord::layout_version) == catalog_layout_version, "another layout");
    require(value(HeaderWord::epoch) != 0, "no epoch");
    struct stat status {};
    const std::uint64_t capacity = value(HeaderWord::capacity);
    require(
        ::fstat(storage_.mapping->descriptor(), &status) == 0 &&
            capacity >= header_pages * page_bytes && capacity % page_bytes == 0 &&
            capacity <= static_cast<std::uint64_t>(status.st_size) &&
            capacity <= storage_.mapping->bytes(),
        "a capacity that is not there"
    );
    // Only a foreign process can have made holes. A store into one could raise SIGBUS.
    require(!allocate_pages(storage_.mapping->descriptor(), 0, capacity), "no memory for holes");
}

void Adoption::check_regions() {
    const std::uint64_t chunks = value(HeaderWord::chunk_count);
    require(chunks >= 1 && chunks <= chunks_max, "impossible chunk count");
    const RegionDescriptor log = CatalogLog::published(pages_);
    std::vector<Extent> used{{0, header_pages}, {log.page, CatalogLog::pages(log)}};
    for (std::uint64_t i = 0; i < chunks; ++i)
        used.push_back({pages_.chunk_table()[i].load(std::memory_order_relaxed), chunk_pages});
    require(pages_.set_used(used), "overlapping regions");

    // Readers use the old index until the new one is published.
    old_index_ = CatalogIndex::published(pages_);
    used.push_back({old_index_.page, CatalogIndex::pages(old_index_)});
    old_index_is_valid_ = old_index_.page != 0 && pages_.set_used(used);
    if (!old_index_is_valid_) {
        used.pop_back();
        require(pages_.set_used(used), "overlapping regions");
    }
    storage_.entries.adopt_chunks();
}

void Adoption::check_entries() {
    is_entry_.resize(storage_.entries.slots());
    is_used_.resize(storage_.entries.slots());
    require(
        storage_.entries.words(root_slot)[entry_family].load() >> 32 == 0 &&
            !storage_.lookup.entry(root_slot),
        "no root"
    );
    is_used_[root_slot] = true;
    for (std::uint32_t slot = 1; slot < storage_.entries.slots(); ++slot) {
        if (const auto entry = storage_.lookup.entry(slot)) {
            require(!is_used_[slot], "an entry in the middle of a name");
            is_entry_[slot] = is_used_[slot] = true;
            check_entry(slot, *entry);
        }
    }
    check_parents();
}

void Adoption::check_entry(std::uint32_t slot, const Entry& entry) {
    const Word* words = storage_.entries.words(slot);
    const std::uint64_t identity = words[entry_identity].load(std::memory_order_relaxed);
    require(low_half(identity) <= name_bytes_max, "a name that is too long");
    if (low_half(identity) > name_bytes_inline) {
        const std::uint32_t more = high_half(words[entry_place].load(std::memory_order_relaxed));
        require(
            more != root_slot && more < is_used_.size() && !is_used_[more] &&
                low_half(storage_.entries.words(more)[entry_identity].load()) == 0,
            "a name whose end is not there"
        );
        is_used_[more] = true;
    }
    const Record& record = entry.record;
    const std::uint64_t newest = std::max(record.change_revision, record.content_revision);
    require(newest <= value(HeaderWord::claimed_revision), "a revision that was not claimed");
    newest_in_entries_ = std::max(newest_in_entries_, newest);
    if (record.change_revision > value(HeaderWord::newest_revision))
        cut_off_.push_back({record.change_revision, entry.file});
    ++paths_;
}

void Adoption::check_parents() const {
    for (std::uint32_t slot = 1; slot < is_entry_.size(); ++slot) {
        if (!is_entry_[slot])
            continue;
        const std::uint32_t parent = storage_.entries.parent(slot);
        require(
            parent < is_entry_.size() && (parent == root_slot || is_entry_[parent]),
            "an entry below nothing"
        );
    }
}

void Adoption::check_revisions() const {
    const std::uint64_t now = real_time_us();
    const std::uint64_t newest = value(HeaderWord::newest_revision);
    const std::uint64_t claimed = value(HeaderWord::claimed_revision);
    require(newest <= claimed, "a revision that was not claimed");
    require(value(HeaderWord::forgotten_revision) <= claimed, "a forgotten future");
    require(claimed <= std::max(now, newest_in_entries_) + day_us, "a revision of the future");
}

void Adoption::build_index() {
    if (const ErrorCode error = storage_.index.start(paths_)) {
        // A full tmpfs is not damage. Keep the old index; take_over() inserts the missing paths.
        if (!old_index_is_valid_)
            throw StartupError(
                ExitCode::configuration,
                "the catalog's path index cannot be made: " + error.message()
            );
        storage_.index.keep_published();
        keeps_index_ = true;
        // Probing ends at an empty slot, so there must be one.
        require(storage_.index.has_room_for(0), "an index without empty slots");
    }
    for (std::uint32_t slot = 1; slot < is_entry_.size(); ++slot) {
        if (!is_entry_[slot])
            continue;
        // path() follows the parents up to the longest path, so a circle ends as "too long".
        const auto path = storage_.lookup.path(storage_.entries.file_id(slot));
        require(path && is_valid_path(*path), "a path that cannot be");
        const PathHash hash = hash_path(value(HeaderWord::epoch), *path);
        require(storage_.entries.index_position(slot) == hash.position, "a name that was changed");
        list(slot, *path, hash);
    }
    require(storage_.index.has_room_for(unlisted_.size()), "an index without most of the paths");
}

void Adoption::list(std::uint32_t slot, const std::string& path, PathHash hash) {
    bool is_listed = false;
    storage_.index.for_each_like(hash, [&](std::uint32_t other) {
        is_listed = is_listed || other == slot;
        require(
            other == slot || other >= is_entry_.size() || !is_entry_[other] ||
                storage_.lookup.path(storage_.entries.file_id(other)) != path,
            "two entries of one path"
        );
        return true;
    });
    if (!is_listed && keeps_index_)
        unlisted_.emplace_back(hash, slot);
    else if (!is_listed)
        storage_.index.insert(hash, slot);
}

void Adoption::publish_cut_off() {
    std::sort(cut_off_.begin(), cut_off_.end(), [](const LogRecord& left, const LogRecord& right) {
        return left.revision < right.revision;
    });
    const std::uint64_t newest = std::max(value(HeaderWord::newest_revision), newest_in_entries_);
    // The dead writer may have logged some of them already. A second record does no harm.
    if (!storage_.log.adopt(cut_off_.empty() ? newest : cut_off_.front().revision))
        storage_.log.reset(newest);
    else
        for (const LogRecord& change : cut_off_)
            storage_.log.append(change.revision, change.file);
    pages_.header(HeaderWord::newest_revision).store(newest, std::memory_order_release);
}

void Adoption::collect() {
    std::vector<std::uint32_t> never_announced;
    for (std::uint32_t slot = 1; slot < is_entry_.size(); ++slot) {
        if (!is_entry_[slot])
            continue;
        const Record record = storage_.entries.record(slot).record;
        storage_.stale_files += is_stale(record) ? 1U : 0U;
        if (record.state == FileState::present || record.state == FileState::unavailable)
            ++storage_.files;
        else if (record.change_revision != 0)
            storage_.deletions.push_back({record.change_revision, storage_.entries.file_id(slot)});
        else if (record.state == FileState::deleted)
            never_announced.push_back(slot);
    }
    std::sort(
        storage_.deletions.begin(),
        storage_.deletions.end(),
        [](const auto& left, const auto& right) {
            return left.revision < right.revision;
        }
    );
    storage_.store_counts();
    for (const std::uint32_t slot : never_announced)
        storage_.free_if_idle(slot);
}

void Adoption::take_over() {
    for (const auto& [hash, slot] : unlisted_)
        storage_.index.insert(hash, slot);
    storage_.index.publish();
    if (old_index_is_valid_ && !keeps_index_)
        pages_.give_back({old_index_.page, CatalogIndex::pages(old_index_)});
    storage_.entries.relink(is_used_);
    publish_cut_off();
    collect();
}

}  // namespace

std::unique_ptr<CatalogStorage>
adopt_catalog(std::shared_ptr<CatalogMapping> mapping, CatalogLimits limits, std::string& why) {
    auto storage = std::make_unique<CatalogStorage>(std::move(mapping), limits);
    Adoption adoption(*storage);
    try {
        adoption.check_header();
        adoption.check_regions();
        adoption.check_entries();
        adoption.check_revisions();
        adoption.build_index();
    } catch (const Unsound& unsound) {
        why = unsound.why;
        return nullptr;
    }
    adoption.take_over();
    return storage;
}

}  // namespace treecast::ipc
