#include "proxy/feed/change_text.hpp"

#include "base/file_time.hpp"
#include "base/version.hpp"

#include <boost/json/serializer.hpp>

#include <array>
#include <chrono>
#include <fmt/format.h>
#include <iterator>

namespace treecast::proxy {

namespace {

using Text = fmt::memory_buffer;

class ChangeWriter {
public:
    explicit ChangeWriter(std::uint64_t epoch) : epoch_(epoch) {}

    void add(const ListedFile& listed) {
        const ipc::Record& record = listed.record;
        append(text_.size() == 0 ? "{\"path\":" : ",\n{\"path\":");
        add_string(listed.path);
        fmt::format_to(
            std::back_inserter(text_),
            ",\"version\":\"{}\"",
            to_string(Version{epoch_, record.content_revision})
        );
        switch (record.state) {
            case ipc::FileState::present:
                add_present(record);
                break;
            case ipc::FileState::unavailable:
                add_member("unavailable", ipc::to_string(record.reason));
                break;
            case ipc::FileState::none:
            case ipc::FileState::deleted:
            case ipc::FileState::directory:  // it was a file before
                append(",\"deleted\":true");
                break;
        }
        append("}");
    }
    std::string take() const { return fmt::to_string(text_); }

private:
    void append(std::string_view text) { text_.append(text.data(), text.data() + text.size()); }

    void add_string(std::string_view value) {
        serializer_.reset(boost::json::string_view(value.data(), value.size()));
        std::array<char, 512> buffer{};
        while (!serializer_.done()) {
            const auto piece = serializer_.read(buffer.data(), buffer.size());
            append({piece.data(), piece.size()});
        }
    }

    /// A value that needs no escapes.
    void add_member(std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(text_), ",\"{}\":\"{}\"", name, value);
    }

    /// RFC 3339 in UTC with nanoseconds; null for a year that it cannot write.
    void add_mtime(std::int64_t mtime) {
        const FileTime time = unpack_file_time(mtime);
        if (time.seconds < year_0_s || time.seconds >= year_10000_s)
            return append(",\"mtime\":null");
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

    void add_present(const ipc::Record& record) {
        fmt::format_to(std::back_inserter(text_), ",\"size\":{}", record.size);
        add_mtime(record.mtime_ns);
        fmt::format_to(std::back_inserter(text_), ",\"mode\":\"{:04o}\"", record.mode & 07777U);
        if (ipc::is_stale(record))
            add_member("stale", ipc::to_string(record.reason));
        if (record.hash_known)
            add_member("sha256", to_hex(record.sha256));
        else
            append(",\"sha256\":null");
    }

    std::uint64_t epoch_;
    Text text_;
    boost::json::serializer serializer_;
};

}  // namespace

std::string changes_as_json(std::span<const ListedFile> files, std::uint64_t epoch) {
    ChangeWriter writer(epoch);
    for (const ListedFile& file : files)
        writer.add(file);
    return writer.take();
}

}  // namespace treecast::proxy
