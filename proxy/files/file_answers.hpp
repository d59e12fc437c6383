// From a decision about a file to the bytes of the answer, in the words of a protocol. One thread.
#pragma once

#include "base/error.hpp"
#include "proxy/files/file_request.hpp"
#include "proxy/files/poll_decision.hpp"
#include "proxy/files/sighting.hpp"
#include "proxy/net/response.hpp"

#include <string>
#include <string_view>

namespace treecast::proxy {

class FileAnswers {
public:
    FileAnswers() = default;
    FileAnswers(const FileAnswers&) = delete;
    FileAnswers& operator=(const FileAnswers&) = delete;

    /// The answer to a decision that is neither `hold` nor `load`. Errc::superseded if the content
    /// is gone: look again, or want it. Other errors: the content cannot be read.
    virtual Result<Response> make(
        std::string_view path,
        const Sighting& seen,
        const FileRequest& request,
        const PollDecision& decision,
        Persistence persistence
    ) = 0;
    /// Nothing can be said now. `detail` is a sentence for people, where the protocol has room.
    virtual Response try_again(
        const FileRequest& request,
        Persistence persistence,
        std::string detail,
        unsigned retry_after_s
    ) = 0;

protected:
    ~FileAnswers() = default;
};

}  // namespace treecast::proxy
