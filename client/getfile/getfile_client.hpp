// One file by GETFILE. Blocks, but for a signal; one thread.
#pragma once

#include "client/getfile/getfile_response.hpp"
#include "client/getfile/getfile_url.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace treecast::client {

/// What came. Only a whole body of an `ok` has no failure.
struct GetfileAnswer {
    bool connected = false;
    std::optional<GetfileHeader::Status> status;  // nullopt: no header came
    std::string failure;  // one line: why there is no answer, or not all of it
};

/// Asks for the file and writes its bytes to the descriptor `body` as they come. nullopt as soon
/// as the descriptor `stop` is readable. A connection that takes longer than 10 s has failed, and
/// so has an answer without a byte for `silence`.
std::optional<GetfileAnswer> fetch_getfile(
    const GetfileUrl& url,
    int body,
    int stop,
    std::chrono::milliseconds silence = std::chrono::seconds(15)
);

}  // namespace treecast::client
