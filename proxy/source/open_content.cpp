#include "proxy/source/open_content.hpp"

#include "ipc/segment_reader.hpp"

#include <cerrno>

#include <unistd.h>

namespace treecast::proxy {

namespace {

/// Reads a small segment completely. A segment that is shorter than its record is damaged.
Result<std::string> read_segment(int segment, std::uint64_t size) {
    std::string bytes(size, '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t n = ::pread(
            segment,
            bytes.data() + filled,
            bytes.size() - filled,
            static_cast<off_t>(filled)
        );
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return last_system_error();
        if (n == 0)
            return Errc::damaged;
        filled += static_cast<std::size_t>(n);
    }
    return bytes;
}

}  // namespace

Result<std::shared_ptr<Content>> open_content(
    const ipc::ObjectDirectory& directory,
    ipc::FileId file,
    const ipc::Record& record,
    Counters& counters
) {
    auto segment = ipc::open_segment(directory, file, record);
    if (!segment)
        return segment.error();
    if (record.size > heap_content_bytes_max)
        return std::make_shared<Content>(std::move(*segment), std::string(), record.size, counters);
    auto bytes = read_segment(segment->get(), record.size);
    if (!bytes)
        return bytes.error();
    return std::make_shared<Content>(UniqueFd(), std::move(*bytes), record.size, counters);
}

std::shared_ptr<Content>
share_made(const std::shared_ptr<const MadeContent>& made, Counters& counters) {
    return std::make_shared<Content>(
        made,
        made->descriptor(),
        made->bytes(),
        made->size(),
        counters
    );
}

}  // namespace treecast::proxy
