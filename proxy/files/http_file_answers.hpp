// FileAnswers for HTTP. One thread.
#pragma once

#include "proxy/files/file_answers.hpp"
#include "proxy/files/file_codings.hpp"
#include "proxy/http/problem.hpp"
#include "proxy/representation/representation_cache.hpp"
#include "proxy/source/attachment.hpp"

#include <optional>
#include <string_view>

namespace treecast::proxy {

class HttpFileAnswers final : public FileAnswers {
public:
    HttpFileAnswers(Attachment& attachment, RepresentationCache& cache, FileCodings& codings)
        : attachment_(attachment), cache_(cache), codings_(codings) {}

    Result<Response> make(
        std::string_view path,
        const Sighting& seen,
        const FileRequest& request,
        const PollDecision& decision,
        Persistence persistence
    ) override;
    /// 503 with Retry-After.
    Response try_again(
        const FileRequest& request,
        Persistence persistence,
        std::string detail,
        unsigned retry_after_s
    ) override;

private:
    AnswerContext context(const FileRequest& request, Caching caching, Persistence persistence);
    Representation& represent(const Sighting& seen, std::string_view path);
    Result<Response> content(
        Representation& representation,
        const FileRequest& request,
        Coding coding,
        const AnswerContext& context
    );

    Attachment& attachment_;
    RepresentationCache& cache_;
    FileCodings& codings_;
};

}  // namespace treecast::proxy
