#include "proxy/feed/change_text.hpp"

#include "base/file_time.hpp"
#include "base/version.hpp"

#include <array>
#include <chrono>
#include <fmt/format.h>
#include <iterator>

namespace treecast::proxy {

void ChangeWriter::add(const ListedFile& listed) {
    const ipc::Record& record = listed.record;
    text_ += "{\"path\":";
    add_string(listed.path);
    add_member("version", to_string(Version{epoch_, record.content_revision}));
    if (is_deletion(record))
        text_ += ",\"deleted\":true";
    else if (record.state == ipc::FileState::unavailable)
        add_member("unavailable", ipc::to_string(record.reason));
    else
        add_present(record);
    text_ += '}';
}

void ChangeWriter::add_string(std::string_view value) {
    serializer_.reset(boost::json::string_view(value.data(), value.size()));
    std::array<char, 512> buffer{};
    while (!serializer_.done()) {
        const auto piece = serializer_.read(buffer.data(), buffer.size());
        text_.append(piece.data(), piece.size());
    }
}

/// A value that needs no escapes.
void ChangeWriter::add_member(std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(text_), ",\"{}\":\"{}\"", name, value);
}

/// RFC 3339 in UTC with nanoseconds; null for a year that it cannot write.
void ChangeWriter::add_mtime(std::int64_t mtime) {
    const FileTime time = unpack_file_time(mtime);
    if (time.seconds < year_0_s || time.seconds >= year_10000_s) {
        text_ += ",\"mtime\":null";
        return;
    }
    const std::chrono::sys_seconds second{std::chrono::seconds(time.seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(second - day);
    fmt::format_to(
        std::back_inserter(text_),
        ",\"mtime\":\"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z\"",
        int{date.year()},
        unsigned{date.month()},
        unsigned{date.day()},
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count(),
        time.nanoseconds
    );
}

void ChangeWriter::add_present(const ipc::Record& record) {
    fmt::format_to(std::back_inserter(text_), ",\"size\":{}", record.size);
    add_mtime(record.mtime_ns);
    fmt::format_to(std::back_inserter(text_), ",\"mode\":\"{:04o}\"", record.mode & 07777U);
    if (ipc::is_stale(record))
        add_member("stale", ipc::to_string(record.reason));
    if (record.hash_known)
        add_member("sha256", to_hex(record.sha256));
    else
        text_ += ",\"sha256\":null";
}

std::string changes_as_json(std::span<const ListedFile> files, std::uint64_t epoch) {
    std::string text;
    ChangeWriter writer(text, epoch);
    for (const ListedFile& file : files) {
        if (!text.empty())
            text += ",\n";
        writer.add(file);
    }
    return text;
}

}  // namespace treecast::proxy
