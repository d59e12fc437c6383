#include "proxy/feed/multipart_text.hpp"

#include "base/tree_path.hpp"
#include "proxy/http/entity_tag.hpp"
#include "proxy/http/http_date.hpp"
#include "proxy/representation/last_modified.hpp"

#include <array>

namespace treecast::proxy {

namespace {

void append_field(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
}

/// The empty line behind the fields, too.
void append_length(std::string& text, std::uint64_t bytes) {
    append_field(text, "Content-Length", std::to_string(bytes));
    text.append("\r\n");
}

void append_version(std::string& text, Version version) {
    append_field(text, "Treecast-Version", to_string(version));
}

/// Four octal digits.
void append_mode(std::string& text, unsigned mode) {
    std::array<char, 4> digits{};
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, mode >>= 3U)
        *digit = static_cast<char>('0' + (mode & 7U));
    append_field(text, "Treecast-Mode", {digits.data(), digits.size()});
}

void append_date(std::string& text, const ipc::Record& record, std::int64_t now) {
    if (const auto date = last_modified(record, now))
        append_field(text, "Last-Modified", format_http_date(*date));
}

std::string_view reason_of(LeftOut why, const ipc::Record& record) {
    switch (why) {
        case LeftOut::large:
            return "large";
        case LeftOut::not_loaded:
            return "not_loaded";
        case LeftOut::unreadable:
            break;
    }
    return ipc::to_string(record.reason);
}

}  // namespace

std::string MultipartText::content_type() const {
    return "multipart/mixed; boundary=" + boundary_;
}

void MultipartText::append_first(std::string& text, std::string_view json) const {
    text.append("--").append(boundary_).append("\r\n");
    append_json(text, json);
}

void MultipartText::append_last(std::string& text, std::string_view json) const {
    text.append("\r\n--").append(boundary_).append("\r\n");
    append_json(text, json);
    text.append("\r\n--").append(boundary_).append("--\r\n");
}

void MultipartText::append_json(std::string& text, std::string_view json) const {
    append_field(text, "Content-Type", "application/json");
    append_length(text, json.size());
    text.append(json);
}

void MultipartText::begin_part(std::string& text, std::string_view path) const {
    text.append("\r\n--").append(boundary_).append("\r\nContent-Location: /v1/files/");
    text.append(percent_encode(path)).append("\r\n");
}

void MultipartText::append_content(
    std::string& text,
    std::string_view path,
    const ipc::Record& record,
    std::string_view fixed,
    std::int64_t now
) const {
    begin_part(text, path);
    if (ipc::is_stale(record))
        append_field(text, "Treecast-Reason", ipc::to_string(record.reason));
    append_mode(text, record.mode);
    text.append(fixed);
    append_date(text, record, now);
    append_length(text, record.size);
}

void MultipartText::append_left_out(
    std::string& text,
    std::string_view path,
    const ipc::Record& record,
    std::uint64_t epoch,
    LeftOut why,
    std::int64_t now
) const {
    begin_part(text, path);
    append_field(text, "Treecast-Event", "change");
    append_field(text, "Treecast-Reason", reason_of(why, record));
    append_field(text, "Treecast-Size", std::to_string(record.size));
    append_mode(text, record.mode);
    append_version(text, {epoch, record.content_revision});
    if (record.hash_known) {
        append_field(text, "Treecast-SHA256", to_hex(record.sha256));
        append_field(text, "ETag", entity_tag(record.sha256));
    }
    append_date(text, record, now);
    append_length(text, 0);
}

void MultipartText::append_unavailable(
    std::string& text,
    std::string_view path,
    const ipc::Record& record,
    std::uint64_t epoch
) const {
    begin_part(text, path);
    append_field(text, "Treecast-Event", "unavailable");
    append_field(text, "Treecast-Reason", ipc::to_string(record.reason));
    append_version(text, {epoch, record.content_revision});
    append_length(text, 0);
}

void MultipartText::append_deleted(std::string& text, std::string_view path, Version version)
    const {
    begin_part(text, path);
    append_field(text, "Treecast-Event", "delete");
    append_version(text, version);
    append_length(text, 0);
}

}  // namespace treecast::proxy
