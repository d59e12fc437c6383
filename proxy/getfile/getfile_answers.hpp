// The answers about files in the words of GETFILE, in either dialect (docs/getfile.md). One thread;
// the functions are pure.
#pragma once

#include "proxy/files/file_answers.hpp"
#include "proxy/files/representation.hpp"
#include "proxy/net/protocol.hpp"
#include "proxy/net/response.hpp"
#include "proxy/source/attachment.hpp"

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

class GetfileAnswers final : public FileAnswers {
public:
    GetfileAnswers(Protocol dialect, Attachment& attachment, RepresentationCache& cache)
        : dialect_(dialect), attachment_(attachment), cache_(cache) {}

    Result<Response> make(
        std::string_view path,
        const Sighting& seen,
        const FileRequest& request,
        const PollDecision& decision,
        Persistence persistence
    ) override;
    /// ERROR.
    Response try_again(
        const FileRequest& request,
        Persistence persistence,
        std::string detail,
        unsigned retry_after_s
    ) override;

private:
    const Protocol dialect_;
    Attachment& attachment_;
    RepresentationCache& cache_;
};

}  // namespace treecast::proxy
