#include "ipc/catalog_entries.hpp"

#include <algorithm>
#include <cstring>

namespace treecast::ipc {

namespace {

// Only the writer stores, so its own loads need no memory order.
std::uint64_t get(const Word* words, std::uint32_t index) noexcept {
    return words[index].load(std::memory_order_relaxed);
}

void put(Word* words, std::uint32_t index, std::uint64_t value) noexcept {
    words[index].store(value, std::memory_order_release);
}

void put_bytes(Word* words, std::string_view bytes) noexcept {
    for (; !bytes.empty(); ++words, bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 8))) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), std::min<std::size_t>(bytes.size(), 8));
        put(words, 0, word);
    }
}

}  // namespace

CatalogEntries::CatalogEntries(CatalogPages& pages, std::uint32_t entries_max)
    : pages_(pages),
      slots_max_(static_cast<std::uint32_t>(std::min<std::uint64_t>(
          std::uint64_t{entries_max} + chunk_slots - 1,
          std::uint64_t{chunks_max} * chunk_slots
      ))) {}

ErrorCode CatalogEntries::add_chunk() {
    if (slots() + chunk_slots > slots_max_ / chunk_slots * chunk_slots)
        return Errc::catalog_full;
    const auto page = pages_.allocate(chunk_pages);
    if (!page)
        return page.error();
    put(pages_.chunk_table(), static_cast<std::uint32_t>(chunks_.size()), *page);
    chunks_.push_back(pages_.words(*page));
    put(&pages_.header(HeaderWord::chunk_count), 0, chunks_.size());
    return {};
}

void CatalogEntries::adopt_chunks() {
    const std::uint64_t count = pages_.header_value(HeaderWord::chunk_count);
    chunks_.clear();
    for (std::uint32_t i = 0; i < count; ++i)
        chunks_.push_back(pages_.words(get(pages_.chunk_table(), i)));
}

Result<std::uint32_t> CatalogEntries::allocate_slot() {
    if (first_free_ != 0) {
        const std::uint32_t slot = first_free_;
        first_free_ = high_half(get(words(slot), entry_siblings));
        return slot;
    }
    if (first_fresh_ == slots())
        if (const ErrorCode error = add_chunk())
            return error;
    return first_fresh_++;
}

void CatalogEntries::free_slot(std::uint32_t slot) noexcept {
    Word* entry = words(slot);
    put(entry, entry_identity, pack_pair(high_half(get(entry, entry_identity)), 0));
    put(entry, entry_siblings, pack_pair(first_free_, 0));
    first_free_ = slot;
}

Result<std::uint32_t> CatalogEntries::make(
    std::uint32_t parent,
    std::string_view name,
    PathHash hash,
    const StoredRecord& fresh
) {
    const auto slot = allocate_slot();
    if (!slot)
        return slot;
    std::uint32_t continuation = 0;
    if (name.size() > name_bytes_inline) {
        const auto more = allocate_slot();
        if (!more) {
            free_slot(*slot);
            return more;
        }
        continuation = *more;
        Word* rest = words(continuation);
        // A writer that was killed while it made an entry may have left a name's length here.
        put(rest, entry_identity, pack_pair(high_half(get(rest, entry_identity)), 0));
        put_bytes(rest + entry_name, name.substr(name_bytes_inline));
    }

    Word* entry = words(*slot);
    // If the slot held the end of a long name, the words of its records hold bytes of that name.
    // Both are cleared before the name's length makes this an entry, so that no reader takes them
    // for a record.
    put(entry, entry_records + record_state_word, 0);
    put(entry, entry_records + record_words + record_state_word, 0);
    put(entry, entry_family, pack_pair(parent, 0));
    put(entry, entry_place, pack_pair(continuation, hash.position));
    put_bytes(entry + entry_name, name.substr(0, name_bytes_inline));
    // The generation grows here and not in free(). Otherwise a crash could leave a free slot whose
    // next entry gets the id of its last one.
    const std::uint32_t generation = high_half(get(entry, entry_identity)) + 1;
    put(entry, entry_identity, pack_pair(generation, static_cast<std::uint32_t>(name.size())));
    link(*slot, parent);

    store(*slot, fresh);
    return slot;
}

void CatalogEntries::free(std::uint32_t slot) {
    Word* entry = words(slot);
    const std::uint64_t next = get(entry, entry_selector) + 1;
    const auto free_record = static_cast<std::uint32_t>(entry_records + (next & 1) * record_words);
    put(entry, free_record + record_state_word, 0);
    put(entry, entry_selector, next);

    unlink(slot);
    if (const std::uint32_t continuation = high_half(get(entry, entry_place)); continuation != 0)
        free_slot(continuation);
    free_slot(slot);
}

std::uint32_t CatalogEntries::current_record(std::uint32_t slot) const noexcept {
    const std::uint64_t selector = get(words(slot), entry_selector);
    return static_cast<std::uint32_t>(entry_records + (selector & 1) * record_words);
}

StoredRecord CatalogEntries::record(std::uint32_t slot) const noexcept {
    const Word* entry = words(slot);
    const std::uint32_t from = current_record(slot);
    RecordWords packed;
    for (std::uint32_t i = 0; i < record_words; ++i)
        packed[i] = get(entry, from + i);
    return unpack_record(packed).value_or(StoredRecord{});
}

void CatalogEntries::store(std::uint32_t slot, const StoredRecord& stored) noexcept {
    Word* entry = words(slot);
    const std::uint64_t next = get(entry, entry_selector) + 1;
    const auto to = static_cast<std::uint32_t>(entry_records + (next & 1) * record_words);
    const RecordWords packed = pack_record(stored);
    for (std::uint32_t i = 0; i < record_words; ++i)
        put(entry, to + i, packed[i]);
    put(entry, entry_selector, next);
}

FileId CatalogEntries::file_id(std::uint32_t slot) const noexcept {
    return make_file_id(high_half(get(words(slot), entry_identity)), slot);
}

bool CatalogEntries::in_use(FileId file) const noexcept {
    const std::uint32_t slot = file.slot();
    return slot != root_slot && slot < slots() && file_id(slot) == file &&
           low_half(get(words(slot), entry_identity)) != 0 &&
           is_record(get(words(slot), current_record(slot) + record_state_word));
}

std::uint32_t CatalogEntries::parent(std::uint32_t slot) const noexcept {
    return high_half(get(words(slot), entry_family));
}

std::uint32_t CatalogEntries::first_child(std::uint32_t slot) const noexcept {
    return low_half(get(words(slot), entry_family));
}

std::uint32_t CatalogEntries::next_sibling(std::uint32_t slot) const noexcept {
    return high_half(get(words(slot), entry_siblings));
}

std::uint32_t CatalogEntries::index_position(std::uint32_t slot) const noexcept {
    return low_half(get(words(slot), entry_place));
}

void CatalogEntries::set_first_child(std::uint32_t slot, std::uint32_t child) noexcept {
    put(words(slot), entry_family, pack_pair(parent(slot), child));
}

void CatalogEntries::set_siblings(
    std::uint32_t slot,
    std::uint32_t next,
    std::uint32_t previous
) noexcept {
    put(words(slot), entry_siblings, pack_pair(next, previous));
}

// Links a new entry always at the head of the list. So the entries that follow a linked one only
// get fewer, and a reader that continues from there misses nothing that stays (catalog_walk.cpp).
void CatalogEntries::link(std::uint32_t slot, std::uint32_t parent) noexcept {
    const std::uint32_t next = first_child(parent);
    set_siblings(slot, next, 0);
    if (next != 0)
        set_siblings(next, next_sibling(next), slot);
    set_first_child(parent, slot);
}

void CatalogEntries::unlink(std::uint32_t slot) noexcept {
    const std::uint32_t next = next_sibling(slot);
    const std::uint32_t previous = low_half(get(words(slot), entry_siblings));
    if (next != 0)
        set_siblings(next, next_sibling(next), previous);
    if (previous != 0)
        set_siblings(previous, next, low_half(get(words(previous), entry_siblings)));
    else
        set_first_child(parent(slot), next);
}

void CatalogEntries::relink(const std::vector<bool>& is_used) {
    // The count is odd already if a predecessor died in this function.
    const std::uint64_t under_way = pages_.header_value(HeaderWord::relinks) | 1;
    pages_.store_header(HeaderWord::relinks, under_way);

    set_first_child(root_slot, 0);
    for (std::uint32_t slot = 1; slot < slots(); ++slot)
        if (is_used[slot])
            put(words(slot), entry_family, pack_pair(parent(slot), 0));

    first_free_ = 0;
    first_fresh_ = slots();
    while (first_fresh_ > 1 && !is_used[first_fresh_ - 1])
        --first_fresh_;
    // Slots are freed from the last to the first, so that low ones are taken first.
    for (std::uint32_t slot = first_fresh_ - 1; slot >= 1; --slot) {
        if (!is_used[slot])
            free_slot(slot);
        else if (low_half(get(words(slot), entry_identity)) != 0)
            link(slot, parent(slot));
    }
    pages_.store_header(HeaderWord::relinks, under_way + 1);
}

}  // namespace treecast::ipc
