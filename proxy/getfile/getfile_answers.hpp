// FileAnswers for GETFILE, in both dialects (docs/getfile.md). One thread; the functions are pure.
#pragma once

#include "proxy/files/file_answers.hpp"
#include "proxy/net/protocol.hpp"
#include "proxy/net/response.hpp"
#include "proxy/representation/representation_cache.hpp"
#include "proxy/source/attachment.hpp"

#include <cstdint>
#include <string>

namespace treecast::proxy {

enum class GetfileStatus : std::uint8_t {
    ok,
    file_not_found,  // a client error: the file does not exist, or is not readable for everybody
    error,           // a server error: the file exists and cannot be sent now
    invalid,         // not a request
};

/// The status for a decision that is neither `hold` nor `load`. `reason` is used only for
/// unavailable files.
GetfileStatus getfile_status(PollAction action, ipc::UnavailableReason reason) noexcept;

/// The header; `length` is used only for `ok`. Empty if the dialect has no header for the status:
/// then the connection is closed without an answer.
std::string getfile_header(Protocol dialect, GetfileStatus status, std::uint64_t length = 0);

/// The complete answer for any status except `ok`.
Response getfile_refusal(Protocol dialect, GetfileStatus status);
/// The complete answer with a content.
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
