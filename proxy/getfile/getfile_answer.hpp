// What a GETFILE client is told, in its dialect (docs/getfile.md). Pure.
#pragma once

#include "proxy/files/poll_decision.hpp"
#include "proxy/net/protocol.hpp"
#include "proxy/net/response.hpp"

#include <cstdint>
#include <string>

namespace treecast::proxy {

enum class GetfileStatus : std::uint8_t {
    ok,
    file_not_found,  // the client's mistake: it is not there, or not for everybody
    error,           // the server's: it is there, and cannot be sent now
    invalid,         // not a request
};

/// The status for a decision that is neither `hold` nor `load`. `reason` counts for files that are
/// unavailable.
GetfileStatus getfile_status(PollAction action, ipc::UnavailableReason reason) noexcept;

/// The header; `length` counts for `ok`. Empty where the dialect has no word for the status: the
/// connection just ends.
std::string getfile_header(Protocol dialect, GetfileStatus status, std::uint64_t length = 0);

/// The whole answer of any status but `ok`.
Response getfile_refusal(Protocol dialect, GetfileStatus status);
/// The whole of a content.
Response getfile_content(Protocol dialect, std::shared_ptr<Content> content);

}  // namespace treecast::proxy
