#include "proxy/representation/content_header.hpp"

#include "base/sha256.hpp"
#include "proxy/http/entity_tag.hpp"
#include "proxy/http/http_date.hpp"
#include "proxy/representation/last_modified.hpp"

namespace treecast::proxy {

std::string fixed_content_fields(
    const ipc::Record& record,
    const Version& version,
    std::string_view content_type,
    Coding coding
) {
    std::string fields;
    fields.append("ETag: ").append(entity_tag(record.sha256, coding));
    fields.append("\r\nTreecast-Version: ").append(to_string(version));
    fields.append("\r\nTreecast-SHA256: ").append(to_hex(record.sha256));
    fields.append("\r\nContent-Type: ").append(content_type);
    if (coding != Coding::identity)
        fields.append("\r\nContent-Encoding: ").append(coding_name(coding));
    fields.append("\r\n");
    return fields;
}

void add_content_header(
    HeadBuilder& head,
    std::string_view fixed,
    const ipc::Record& record,
    std::int64_t now,
    Coding coding,
    bool varies_by_coding
) {
    head.raw(fixed);
    // Ranges are of the identity, and a client that has part of a coding must not ask for the rest.
    head.field("Accept-Ranges", coding == Coding::identity ? "bytes" : "none");
    if (varies_by_coding)
        head.field("Vary", "Accept-Encoding");
    if (const auto date = last_modified(record, now))
        head.field("Last-Modified", format_http_date(*date));
}

}  // namespace treecast::proxy
