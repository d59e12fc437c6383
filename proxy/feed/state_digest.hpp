// The digest of a state: one hash that tells whether a client holds exactly what is there.
//
// SHA-256 over one line for each file that can be served, sorted by the bytes of their paths:
// `SHA256 MODE PATH`, with the hash as 64 hexadecimal digits, the mode as four octal ones, single
// blanks in between and a NUL behind. Files that cannot be served or are deleted have no line; that
// of a stale file is of the content that is served.
#pragma once

#include "base/sha256.hpp"
#include "ipc/catalog_reader.hpp"
#include "proxy/feed/interest.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

namespace treecast::proxy {

struct DigestedFile {
    std::string path;
    std::uint16_t mode = 0;
    Sha256 sha256{};
};

/// Sorts the files. Pure.
Sha256 digest_of_state(std::vector<DigestedFile> files);

struct StateReading {
    std::optional<Sha256> digest;         // empty: some hashes are missing, or there was no moment
                                          // without a publication
    std::uint64_t revision = 0;           // the state had this digest at this revision
    std::vector<ipc::FileId> unhashed{};  // nobody has read these files yet
};

/// Any thread. Reads all files of an interest, as often as it takes to meet one state.
StateReading read_state(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    const std::stop_token& stop
);

}  // namespace treecast::proxy
