#include "ipc/catalog_layout.hpp"

#include <cstring>

namespace treecast::ipc {

namespace {

constexpr std::uint64_t flag_resident = 1;
constexpr std::uint64_t flag_hash_known = 2;
constexpr std::uint64_t flag_directory = 8;
constexpr std::uint64_t flag_size_was_read = 16;

constexpr auto last_state = static_cast<unsigned>(FileState::unavailable);
constexpr auto last_reason = static_cast<unsigned>(UnavailableReason::hung);

constexpr unsigned state_in(std::uint64_t state_word) noexcept {
    return static_cast<unsigned>(state_word >> 48 & 15);
}
constexpr unsigned reason_in(std::uint64_t state_word) noexcept {
    return static_cast<unsigned>(state_word >> 52 & 15);
}

}  // namespace

RecordWords pack_record(const StoredRecord& stored) noexcept {
    const Record& record = stored.record;
    const bool is_directory = stored.is_directory || record.state == FileState::directory;
    const FileState state =
        record.state == FileState::directory ? FileState::deleted : record.state;
    const std::uint64_t flags =
        (record.resident ? flag_resident : 0) | (record.hash_known ? flag_hash_known : 0) |
        (is_directory ? flag_directory : 0) | (record.size_was_read ? flag_size_was_read : 0);

    RecordWords words{};
    words[0] = record.change_revision;
    words[1] = record.content_revision;
    words[2] = record.inode;
    words[3] = record.size;
    words[4] = static_cast<std::uint64_t>(record.mtime_ns);
    words[record_times_word] = pack_pair(record.date_floor, record.ctime_mark);
    words[record_state_word] = record.device | std::uint64_t{record.mode} << 32 |
                               static_cast<std::uint64_t>(state) << 48 |
                               static_cast<std::uint64_t>(record.reason) << 52 | flags << 56;
    std::memcpy(words.data() + record_hash_word, record.sha256.data(), record.sha256.size());
    return words;
}

bool is_record(std::uint64_t state_word) noexcept {
    const unsigned state = state_in(state_word);
    return state <= last_state && reason_in(state_word) <= last_reason &&
           state != static_cast<unsigned>(FileState::none) &&
           state != static_cast<unsigned>(FileState::directory);
}

std::optional<StoredRecord> unpack_record(const RecordWords& words) noexcept {
    const std::uint64_t packed = words[record_state_word];
    if (!is_record(packed))
        return std::nullopt;
    const std::uint64_t flags = packed >> 56;

    StoredRecord stored;
    Record& record = stored.record;
    record.change_revision = words[0];
    record.content_revision = words[1];
    record.inode = words[2];
    record.size = words[3];
    record.mtime_ns = static_cast<std::int64_t>(words[4]);
    record.date_floor = high_half(words[record_times_word]);
    record.ctime_mark = low_half(words[record_times_word]);
    record.device = low_half(packed);
    record.mode = static_cast<std::uint16_t>(packed >> 32);
    record.state = static_cast<FileState>(state_in(packed));
    record.reason = static_cast<UnavailableReason>(reason_in(packed));
    record.resident = (flags & flag_resident) != 0;
    record.hash_known = (flags & flag_hash_known) != 0;
    record.size_was_read = (flags & flag_size_was_read) != 0;
    std::memcpy(record.sha256.data(), words.data() + record_hash_word, record.sha256.size());

    stored.is_directory = (flags & flag_directory) != 0;
    if (stored.is_directory && record.state == FileState::deleted)
        record.state = FileState::directory;
    return stored;
}

}  // namespace treecast::ipc
