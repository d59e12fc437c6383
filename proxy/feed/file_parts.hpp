// Makes the part of a listed file of an answer with contents, as the file is now. One thread.
//
// It is never older than it was listed. A content comes from one version's segment, so it is never
// torn.
#pragma once

#include "ipc/catalog_record.hpp"
#include "proxy/feed/multipart_page.hpp"
#include "proxy/feed/part_writer.hpp"
#include "proxy/representation/representation_cache.hpp"
#include "proxy/source/attachment.hpp"

#include <cstdint>

namespace treecast::proxy {

/// Whether a part of a present file can only be made once the daemon has read the file.
bool needs_load(const ipc::Record& record, std::uint64_t part_max) noexcept;
/// Whether the daemon may succeed in that soon.
bool may_be_loaded(const ipc::Record& record, std::uint64_t part_max) noexcept;

class FileParts {
public:
    FileParts(Attachment& attachment, RepresentationCache& cache)
        : attachment_(attachment), cache_(cache) {}

    enum class Outcome : std::uint8_t {
        added,
        to_be_loaded,  // nothing was added: the file has to be loaded first
    };
    /// Raises `sent` to the file's newest change. `may_wait`: else a file that is not loaded is
    /// added without its content. There must be a catalog, of the page's epoch.
    Outcome add(
        const MultipartPage& page,
        const ListedFile& listed,
        bool may_wait,
        PartWriter& writer,
        std::uint64_t& sent
    );

private:
    enum class Opened : std::uint8_t { yes, superseded, failed };
    Opened add_content(
        const MultipartPage& page,
        const ListedFile& listed,
        const ipc::Record& record,
        PartWriter& writer
    );
    void add_deleted(
        const MultipartPage& page,
        const ListedFile& listed,
        const ipc::Record* record,
        PartWriter& writer,
        std::uint64_t& sent
    );

    Attachment& attachment_;
    RepresentationCache& cache_;
    Clock::time_point quiet_until_{};  // a failure is not logged for each of many files
};

}  // namespace treecast::proxy
