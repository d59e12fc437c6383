#include "proxy/representation/content_header.hpp"

#include "base/sha256.hpp"
#include "proxy/http/entity_tag.hpp"
#include "proxy/http/http_date.hpp"
#include "proxy/representation/last_modified.hpp"

namespace treecast::proxy {

std::string fixed_content_fields(
    const ipc::Record& record,
    const Version& version,
    std::string_view content_type
) {
    std::string fields;
    fields.append("ETag: ").append(entity_tag(record.sha256));
    fields.append("\r\nTreecast-Version: ").append(to_string(version));
    fields.append("\r\nTreecast-SHA256: ").append(to_hex(record.sha256));
    fields.append("\r\nContent-Type: ").append(content_type).append("\r\n");
    return fields;
}

void add_content_header(
    HeadBuilder& head,
    std::string_view fixed,
    const ipc::Record& record,
    std::int64_t now
) {
    head.raw(fixed);
    head.field("Accept-Ranges", "bytes");
    if (const auto date = last_modified(record, now))
        head.field("Last-Modified", format_http_date(*date));
}

}  // namespace treecast::proxy
