#include "ipc/catalog_lookup.hpp"

#include "ipc/catalog_header.hpp"

#include <treecast/limits.hpp>

#include <cstring>

#include <sys/stat.h>

namespace treecast::ipc {

namespace {

std::uint64_t load(const Word* words, std::uint64_t index) noexcept {
    return words[index].load(std::memory_order_acquire);
}

std::size_t name_bytes(const Word* entry) noexcept {
    return load(entry, entry_identity) & 0xff;
}

/// Up to 8 bytes as the word that holds them, padded with zeros.
std::uint64_t word_of(std::string_view bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), std::min<std::size_t>(bytes.size(), 8));
    return word;
}

bool holds_bytes(const Word* words, std::string_view bytes) noexcept {
    for (; !bytes.empty(); ++words, bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 8)))
        if (words->load(std::memory_order_acquire) != word_of(bytes))
            return false;
    return true;
}

void append_bytes(std::string& text, const Word* words, std::size_t bytes) {
    for (std::size_t done = 0; done < bytes; done += 8, ++words) {
        const std::uint64_t word = words->load(std::memory_order_acquire);
        char buffer[8];
        std::memcpy(buffer, &word, 8);
        text.append(buffer, std::min<std::size_t>(bytes - done, 8));
    }
}

std::optional<StoredRecord> load_record(const Word* entry, std::uint64_t selector) noexcept {
    const Word* from = entry + entry_records + (selector & 1) * record_words;
    RecordWords words;
    for (std::uint32_t i = 0; i < record_words; ++i)
        words[i] = load(from, i);
    return unpack_record(words);
}

}  // namespace

CatalogLookup::CatalogLookup(std::shared_ptr<const CatalogMapping> mapping)
    : mapping_(std::move(mapping)), words_(mapping_->words()) {}

std::uint64_t CatalogLookup::readable_bytes() const noexcept {
    const std::uint64_t capacity = header(HeaderWord::capacity);
    std::uint64_t object_bytes = object_bytes_.load(std::memory_order_relaxed);
    if (capacity > object_bytes) {
        struct stat status {};
        if (::fstat(mapping_->descriptor(), &status) == 0)
            object_bytes = static_cast<std::uint64_t>(status.st_size);
        object_bytes_.store(object_bytes, std::memory_order_relaxed);
    }
    return std::min({capacity, object_bytes, mapping_->bytes()});
}

const Word* CatalogLookup::region(std::uint64_t page, std::uint64_t count) const noexcept {
    const std::uint64_t readable_words = readable_bytes() / 8;
    if (page == 0 || page > readable_words / page_words ||
        count > readable_words - page * page_words)
        return nullptr;
    return words_ + page * page_words;
}

std::uint32_t CatalogLookup::slots() const noexcept {
    const std::uint64_t chunks = header(HeaderWord::chunk_count);
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(chunks, chunks_max)) * chunk_slots;
}

const Word* CatalogLookup::slot(std::uint32_t slot) const noexcept {
    if (slot >= slots())
        return nullptr;
    const std::uint64_t page = load(words_ + chunk_table_word, slot / chunk_slots);
    const Word* chunk = region(page, chunk_words);
    return chunk ? chunk + std::uint64_t{slot % chunk_slots} * entry_words : nullptr;
}

CatalogHeader CatalogLookup::header() const {
    return load_header(words_);
}

std::optional<Entry> CatalogLookup::find(std::string_view path) const noexcept {
    return find(path, hash_of(path));
}

PathHash CatalogLookup::hash_of(std::string_view path) const noexcept {
    return hash_path(header(HeaderWord::epoch), path);
}

std::optional<Entry> CatalogLookup::find(std::string_view path, PathHash hash) const noexcept {
    if (path.empty())
        return std::nullopt;
    for (;;) {
        const std::uint64_t index = header(HeaderWord::index);
        auto found = probe(RegionDescriptor::unpack(index), hash, path);
        // A hit is valid in any index, because probe() compared the path. A miss is valid only if
        // the index is still the current one.
        if (found || header(HeaderWord::index) == index)
            return found;
    }
}

std::optional<Entry>
CatalogLookup::probe(RegionDescriptor index, PathHash hash, std::string_view path) const noexcept {
    const Word* table = region(index.page, index.slots());
    if (!table)
        return std::nullopt;
    const std::uint64_t mask = index.slots() - 1;
    for (std::uint64_t step = 0; step <= mask; ++step) {
        const std::uint64_t word = load(table, (hash.position + step) & mask);
        if (word == index_empty)
            return std::nullopt;
        if (high_half(word) != hash.tag || low_half(word) < 2)
            continue;
        if (auto found = entry_if(low_half(word) - 2, path))
            return found;
    }
    return std::nullopt;
}

std::optional<Entry> CatalogLookup::entry_if(std::uint32_t slot, std::string_view path)
    const noexcept {
    const Word* words = this->slot(slot);
    if (!words)
        return std::nullopt;
    for (;;) {
        const std::uint64_t selector = load(words, entry_selector);
        const std::uint64_t identity = load(words, entry_identity);
        const auto stored = load_record(words, selector);
        const bool matches = (identity & 0xff) != 0 && (path.empty() || has_path(slot, path));
        // A name and a parent do not change while an entry is in use, and a parent is in use as
        // long as its children are. So this one check covers the whole path.
        if (load(words, entry_selector) != selector)
            continue;
        if (!matches || !stored)
            return std::nullopt;
        return Entry{
            make_file_id(high_half(identity), slot),
            stored->record,
            stored->is_directory,
        };
    }
}

std::optional<Entry> CatalogLookup::entry(std::uint32_t slot) const noexcept {
    return entry_if(slot, {});
}

std::optional<Entry> CatalogLookup::read(FileId file) const noexcept {
    auto found = entry_if(file.slot(), {});
    if (found && found->file != file)
        found.reset();
    return found;
}

bool CatalogLookup::has_path(std::uint32_t slot, std::string_view path) const noexcept {
    std::string_view rest = path;
    for (;;) {
        const Word* words = this->slot(slot);
        if (!words)
            return false;
        const std::string_view name = rest.substr(rest.rfind('/') + 1);
        if (!has_name(words, name))
            return false;
        slot = high_half(load(words, entry_family));
        if (name.size() == rest.size())
            return slot == root_slot;
        if (slot == root_slot)
            return false;
        rest.remove_suffix(name.size() + 1);
    }
}

bool CatalogLookup::has_name(const Word* words, std::string_view name) const noexcept {
    if (name.empty() || name_bytes(words) != name.size() ||
        !holds_bytes(words + entry_name, name.substr(0, name_bytes_inline)))
        return false;
    if (name.size() <= name_bytes_inline)
        return true;
    const Word* more = slot(high_half(load(words, entry_place)));
    return more && holds_bytes(more + entry_name, name.substr(name_bytes_inline));
}

bool CatalogLookup::append_name(const Word* words, std::string& text) const {
    const std::size_t bytes = name_bytes(words);
    if (bytes == 0)
        return false;
    append_bytes(text, words + entry_name, std::min(bytes, name_bytes_inline));
    if (bytes > name_bytes_inline) {
        const Word* more = slot(high_half(load(words, entry_place)));
        if (!more)
            return false;
        append_bytes(text, more + entry_name, bytes - name_bytes_inline);
    }
    return true;
}

bool CatalogLookup::prepend_name(const Word* words, std::string& path) const {
    std::string name;
    if (!append_name(words, name) || name.size() + path.size() >= path_bytes_max)
        return false;
    if (!path.empty())
        name += '/';
    path.insert(0, name);
    return true;
}

std::optional<Entry> CatalogLookup::read(FileId file, std::string& path) const {
    const Word* words = slot(file.slot());
    if (!words)
        return std::nullopt;
    const std::size_t before = path.size();
    for (;;) {
        const std::uint64_t selector = load(words, entry_selector);
        const auto stored = load_record(words, selector);
        path.resize(before);
        const bool is_same =
            high_half(load(words, entry_identity)) == file.generation() && append_name(words, path);
        if (load(words, entry_selector) != selector)
            continue;
        if (!is_same || !stored)
            return std::nullopt;
        return Entry{file, stored->record, stored->is_directory};
    }
}

std::optional<std::string> CatalogLookup::path(FileId file) const {
    const Word* leaf = slot(file.slot());
    if (!leaf)
        return std::nullopt;
    for (;;) {
        const std::uint64_t selector = load(leaf, entry_selector);
        std::string path;
        bool sound = high_half(load(leaf, entry_identity)) == file.generation() &&
                     load_record(leaf, selector).has_value();
        // Each step adds at least one byte, so that a damaged chain ends too.
        for (const Word* words = leaf; sound;) {
            sound = prepend_name(words, path);
            const std::uint32_t parent = high_half(load(words, entry_family));
            if (parent == root_slot)
                break;
            words = slot(parent);
            sound = sound && words;
        }
        if (load(leaf, entry_selector) == selector)
            return sound ? std::optional(std::move(path)) : std::nullopt;
    }
}

std::uint64_t CatalogLookup::middle_of_log() const noexcept {
    const auto log = RegionDescriptor::unpack(header(HeaderWord::log));
    const Word* table = region(log.page, log.slots() * log_record_words);
    const std::uint64_t head = header(HeaderWord::log_head);
    const std::uint64_t half = log.slots() / 2;
    if (!table || head <= half)
        return 0;
    return load(table + ((head - half) & (log.slots() - 1)) * log_record_words, 0);
}

bool CatalogLookup::changes_since(std::uint64_t after, std::vector<LogRecord>& changes) const {
    const std::uint64_t newest = header(HeaderWord::newest_revision);
    const auto log = RegionDescriptor::unpack(header(HeaderWord::log));
    const Word* table = region(log.page, log.slots() * log_record_words);
    if (!table)
        return false;

    const std::size_t before = changes.size();
    const std::uint64_t head = header(HeaderWord::log_head);
    const std::uint64_t mask = log.slots() - 1;
    for (std::uint64_t back = 1; back <= std::min(head, log.slots()); ++back) {
        const Word* record = table + ((head - back) & mask) * log_record_words;
        const std::uint64_t revision = load(record, 0);
        const FileId file{load(record, 1)};
        if (revision <= after)
            break;
        // A record above the header's revision is not published yet; a later call returns it.
        if (revision <= newest)
            changes.push_back({revision, file});
    }
    // The writer raises the floor before it overwrites a record. So this check detects a record
    // that was overwritten during the copy.
    if (header(HeaderWord::log_floor) > after) {
        changes.resize(before);
        return false;
    }
    std::reverse(changes.begin() + static_cast<std::ptrdiff_t>(before), changes.end());
    return true;
}

}  // namespace treecast::ipc
