#include "proxy/archive/archive_packing.hpp"

#include "proxy/archive/stream_encoder.hpp"
#include "proxy/archive/tar_header.hpp"
#include "proxy/source/made_writer.hpp"

namespace treecast::proxy {

std::shared_ptr<const MadeContent>
pack(ArchiveCopy& copy, ArchiveCoding coding, MadeContents& contents, const std::stop_token& stop) {
    const auto copied = copy.arena().view();
    if (!copied)
        return nullptr;
    MadeWriter writer(contents);
    StreamEncoder encoder(coding, writer);
    for (const ArchivedFile* const file : copy.files().sorted()) {
        const std::uint64_t size = file->record.size;
        const std::string_view name = std::string_view(file->path).substr(copy.prefix().size());
        if (stop.stop_requested() || !encoder.append(tar_header(name, file->record.mode, size)) ||
            !encoder.append(copied->substr(file->copy.offset, size)) ||
            !encoder.append(tar_padding(size)))
            return nullptr;
    }
    if (!encoder.append(tar_end()) || !encoder.finish())
        return nullptr;
    return writer.finish();
}

}  // namespace treecast::proxy
