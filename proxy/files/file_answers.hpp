// Turns a decision about a file into the bytes of an answer. Each protocol implements this
// interface. One thread.
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

    /// The answer to a decision that is neither `hold` nor `load`. Fails with Errc::superseded if
    /// the content is gone: the caller then looks at the catalog again, or requests the content.
    /// Any other error means that the content cannot be read.
    virtual Result<Response> make(
        std::string_view path,
        const Sighting& seen,
        const FileRequest& request,
        const PollDecision& decision,
        Persistence persistence
    ) = 0;
    /// The answer when the server cannot decide now. `detail` is a sentence for people; it is used
    /// if the protocol has room for it.
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
