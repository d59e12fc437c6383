#include "proxy/archive/archive_packing.hpp"

#include "proxy/archive/tar_header.hpp"
#include "proxy/source/encoder.hpp"
#include "proxy/source/made_writer.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace treecast::proxy {

namespace {

// What is short is encoded together: a call for each file would cost more than its bytes. What is
// long comes in pieces, between which a stop is seen.
constexpr std::size_t bytes_of_a_call = std::size_t{256} * 1024;

}  // namespace

std::shared_ptr<const MadeContent>
pack(ArchiveCopy& copy, Coding coding, MadeContents& contents, const std::stop_token& stop) {
    const auto copied = copy.arena().view();
    if (!copied)
        return nullptr;
    MadeWriter writer(contents);
    Encoder encoder(coding, writer, std::numeric_limits<std::uint64_t>::max());
    std::string input;
    const auto append = [&](std::string_view bytes) {
        while (input.size() + bytes.size() >= bytes_of_a_call) {
            const auto piece = bytes.substr(0, bytes_of_a_call - input.size());
            bytes.remove_prefix(piece.size());
            if (stop.stop_requested() || !encoder.append(input.append(piece), false))
                return false;
            input.clear();
        }
        input += bytes;
        return true;
    };
    for (const ArchivedFile* const file : copy.files().sorted()) {
        const std::uint64_t size = file->record.size;
        const std::string_view name = std::string_view(file->path).substr(copy.prefix().size());
        if (!append(tar_header(name, file->record.mode, size)) ||
            !append(copied->substr(file->copy.offset, size)) || !append(tar_padding(size)))
            return nullptr;
    }
    input += tar_end();
    if (!encoder.append(input, true))
        return nullptr;
    return writer.finish();
}

}  // namespace treecast::proxy
