// From a decision about a file to the bytes of the answer. One thread.
#pragma once

#include "proxy/files/file_request.hpp"
#include "proxy/files/representation.hpp"
#include "proxy/http/problem.hpp"
#include "proxy/source/attachment.hpp"

#include <optional>
#include <string_view>

namespace treecast::proxy {

/// What one look at the catalog found, in the order that decide() relies on.
struct Sighting {
    FileSight sight;
    std::optional<ipc::FileId> file;
};
/// Without a catalog nothing is known, as before the first scan.
Sighting look(const ipc::CatalogReader* catalog, std::string_view path);

class FileAnswers {
public:
    FileAnswers(Attachment& attachment, RepresentationCache& cache)
        : attachment_(attachment), cache_(cache) {}

    /// The answer to a decision that is neither `hold` nor `load`. Errc::superseded if the content
    /// is gone: look again, or want it. Other errors: the content cannot be read.
    Result<Response> make(
        std::string_view path,
        const Sighting& seen,
        const FileRequest& request,
        const PollDecision& decision,
        Connection connection
    );
    /// 503 with Retry-After, or ERROR: nothing can be said now.
    Response try_again(
        const FileRequest& request,
        Connection connection,
        std::string detail,
        unsigned retry_after_s
    );
    /// Any other problem.
    Response problem(const Problem& problem, bool head, Connection connection);

private:
    AnswerContext
    context(const FileRequest& request, const PollDecision& decision, Connection connection);
    /// As the daemon's staleness or the file's own says, the longer of both.
    std::optional<std::int64_t> stale_seconds(const FileSight& sight, std::int64_t now);
    Result<Response>
    make_getfile(std::string_view path, const Sighting& seen, Protocol dialect, PollAction action);
    Representation& represent(const Sighting& seen, std::string_view path);
    Result<Response> content(
        Representation& representation,
        const FileRequest& request,
        const AnswerContext& context
    );

    Attachment& attachment_;
    RepresentationCache& cache_;
};

}  // namespace treecast::proxy
