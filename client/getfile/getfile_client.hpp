// Fetches one file by GETFILE. It blocks, except for a signal; one thread.
#pragma once

#include "client/getfile/getfile_response.hpp"
#include "client/getfile/getfile_url.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace treecast::client {

/// The answer that was received. `failure` is empty only after an `ok` with its whole body.
struct GetfileAnswer {
    bool connected = false;
    std::optional<GetfileHeader::Status> status;  // nullopt: no header came
    std::string failure;  // one line: why there is no answer, or only a part of it
};

/// Requests the file and writes its bytes to the descriptor `body` as they arrive. Returns nullopt
/// as soon as the descriptor `stop` is readable. It is a failure if connecting takes longer than 10
/// s, or if no byte arrives for `silence`.
std::optional<GetfileAnswer> fetch_getfile(
    const GetfileUrl& url,
    int body,
    int stop,
    std::chrono::milliseconds silence = std::chrono::seconds(15)
);

}  // namespace treecast::client
