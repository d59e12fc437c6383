// The bytes of the catalog: the place and the packing of each word. Shared by writer and readers.
//
// The catalog is an array of 64-bit words in little-endian order, each a lock-free std::atomic.
// Writers store every data word with release. Readers load it with acquire and then load the word
// that selected it again. So a reader that saw any word of a newer write also sees that the
// selecting word has changed (Boehm, "Can seqlocks get along with programming language memory
// models", 2012). docs/format-catalog.md has a drawing.
#pragma once

#include "ipc/catalog_record.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace treecast::ipc {

using Word = std::atomic<std::uint64_t>;
static_assert(sizeof(Word) == 8 && Word::is_always_lock_free);
static_assert(std::endian::native == std::endian::little, "the layout is little-endian");

inline constexpr std::uint64_t catalog_magic = 0x3154414345455254;  // "TREECAT1"
inline constexpr std::uint64_t catalog_layout_version = 6;

inline constexpr std::uint64_t page_bytes = 4096;
inline constexpr std::uint64_t page_words = page_bytes / 8;

// Header -----------------------------------------------------------------------------------

inline constexpr std::uint32_t chunks_max = 8192;
inline constexpr std::uint64_t chunk_table_pages = chunks_max / page_words;
inline constexpr std::uint64_t header_pages = 1 + chunk_table_pages;

/// Index of a word in the object's first page.
enum class HeaderWord : std::uint32_t {
    magic = 0,
    layout_version,
    epoch,
    capacity,  // bytes that are allocated and may be touched; a multiple of a page
    newest_revision,
    claimed_revision,
    forgotten_revision,
    flags,
    heartbeat,    // ns of CLOCK_BOOTTIME
    index,        // RegionDescriptor of the path index
    log,          // RegionDescriptor of the change log
    log_head,     // number of records appended since the log was made or emptied
    log_floor,    // the log holds every change with a greater revision
    chunk_count,  // number of words of the chunk table that are in use
    daemon_pid,
    files,
    resident_files,
    resident_bytes,
    last_change,     // us of CLOCK_REALTIME
    stale_files,     // of the files
    forgotten_date,  // date_mark(); no file whose deletion was forgotten had a newer date
    relinks,         // odd while the links between entries are made anew; grows by 2 each time
    counters,        // one for each Counter from here
    counters_end = counters + counter_count - 1,
    degraded_selector,  // bit 0 picks one of the two texts
    degraded_texts,     // 2 x degraded_words from here
};

inline constexpr std::uint64_t flag_scan_complete = 1;
inline constexpr std::uint64_t flag_no_leases = 2;
inline constexpr std::uint32_t degraded_words = 64;  // length, then up to 503 bytes
inline constexpr std::size_t degraded_bytes_max = (degraded_words - 1) * 8 - 1;
inline constexpr std::uint64_t chunk_table_word = page_words;  // the second page

static_assert(
    static_cast<std::uint32_t>(HeaderWord::degraded_texts) + 2 * degraded_words <= page_words
);

/// The place of a table of 2^log2_slots slots, packed in one word, so that one store switches it.
struct RegionDescriptor {
    std::uint32_t page = 0;  // 0: there is none
    std::uint8_t log2_slots = 0;
    std::uint32_t generation = 0;  // 24 bits; changes each time, even if the page is reused

    std::uint64_t slots() const noexcept { return std::uint64_t{1} << (log2_slots & 31U); }
    std::uint64_t pack() const noexcept {
        return page | std::uint64_t{log2_slots} << 32 | std::uint64_t{generation} << 40;
    }
    static RegionDescriptor unpack(std::uint64_t word) noexcept {
        return {
            static_cast<std::uint32_t>(word),
            static_cast<std::uint8_t>(word >> 32 & 31),
            static_cast<std::uint32_t>(word >> 40),
        };
    }
};

// Entries ----------------------------------------------------------------------------------

inline constexpr std::uint32_t entry_words = 32;
inline constexpr std::uint32_t chunk_slots = 4096;
inline constexpr std::uint64_t chunk_words = std::uint64_t{chunk_slots} * entry_words;
inline constexpr std::uint64_t chunk_pages = chunk_words / page_words;
inline constexpr std::uint32_t root_slot = 0;

/// Words of an entry. A free or continuation slot has a name length of 0.
inline constexpr std::uint32_t entry_selector = 0;  // bit 0 picks the record; counts updates
inline constexpr std::uint32_t entry_family = 1;    // parent << 32 | first child
inline constexpr std::uint32_t entry_siblings = 2;  // next << 32 | previous
inline constexpr std::uint32_t entry_identity = 3;  // generation << 32 | name length
inline constexpr std::uint32_t entry_place = 4;     // continuation << 32 | index position
inline constexpr std::uint32_t entry_name = 5;      // name bytes; in a continuation to the end
inline constexpr std::uint32_t entry_records = 10;  // two records

inline constexpr std::uint32_t record_words = 11;
inline constexpr std::uint32_t record_times_word = 5;  // date floor << 32 | ctime mark
inline constexpr std::uint32_t record_state_word = 6;
inline constexpr std::uint32_t record_hash_word = 7;
inline constexpr std::size_t name_bytes_inline = std::size_t{entry_records - entry_name} * 8;
inline constexpr std::size_t name_bytes_continued = std::size_t{entry_words - entry_name} * 8;

static_assert(entry_records + 2 * record_words == entry_words);
static_assert(name_bytes_inline + name_bytes_continued >= 255);

constexpr std::uint64_t pack_pair(std::uint32_t high, std::uint32_t low) noexcept {
    return std::uint64_t{high} << 32 | low;
}
constexpr std::uint32_t high_half(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word >> 32);
}
constexpr std::uint32_t low_half(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word);
}
constexpr FileId make_file_id(std::uint32_t generation, std::uint32_t slot) noexcept {
    return {pack_pair(generation, slot)};
}

using RecordWords = std::array<std::uint64_t, record_words>;

/// "Is a directory" is a flag beside the state: the path may have been a file before, and is then
/// still served or remembered as deleted. If there is no such file, the state decodes to
/// FileState::directory.
struct StoredRecord {
    Record record;
    bool is_directory = false;
};

RecordWords pack_record(const StoredRecord& stored) noexcept;
/// Checks the word of the state. False for a free slot and for a word that our writers never write.
bool is_record(std::uint64_t state_word) noexcept;
/// nullopt where is_record() is false.
std::optional<StoredRecord> unpack_record(const RecordWords& words) noexcept;

// Path index -------------------------------------------------------------------------------

/// One half of a hash gives the first position in the index. The other half is the tag stored
/// there, so that a lookup compares a wrong entry's path once in four billion times.
struct PathHash {
    std::uint32_t position = 0;
    std::uint32_t tag = 0;
};

/// 64-bit FNV-1a, seeded with the random epoch so that nobody can prepare colliding names, then
/// mixed.
inline PathHash hash_path(std::uint64_t epoch, std::string_view path) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325 ^ epoch;
    for (const char byte : path)
        hash = (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3;
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
    hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
    hash ^= hash >> 33;
    return {low_half(hash), high_half(hash)};
}

inline constexpr std::uint64_t index_empty = 0;
inline constexpr std::uint64_t index_tombstone = 1;
constexpr std::uint64_t pack_index_slot(std::uint32_t tag, std::uint32_t slot) noexcept {
    return pack_pair(tag, slot + 2);
}

// Change log -------------------------------------------------------------------------------

inline constexpr std::uint32_t log_record_words = 2;  // revision, file id

constexpr std::uint64_t pages_for_words(std::uint64_t words) noexcept {
    return (words + page_words - 1) / page_words;
}

}  // namespace treecast::ipc
