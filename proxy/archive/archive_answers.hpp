// Words the answers to requests for archives. One thread.
#pragma once

#include "proxy/archive/archive_target.hpp"
#include "proxy/archive/made_archive.hpp"
#include "proxy/files/file_request.hpp"
#include "proxy/files/poll_decision.hpp"
#include "proxy/http/content_type.hpp"
#include "proxy/http/problem.hpp"
#include "proxy/net/content.hpp"
#include "proxy/source/attachment.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace treecast::proxy {

/// An archive that is present or absent as if it were one file, for decide().
FileSight sight_of(const MadeArchive& made, const ipc::CatalogReader& catalog);

class ArchiveAnswers {
public:
    ArchiveAnswers(Attachment& attachment, const ContentTypes& types, std::uint64_t bytes_max)
        : attachment_(attachment), types_(types), bytes_max_(bytes_max) {}

    /// The answer to a decision that is neither `hold` nor `load`. `content` is that of `made`, if
    /// the decision is to send it.
    Response make(
        const ArchiveTarget& target,
        const MadeArchive& made,
        const FileRequest& request,
        const PollDecision& decision,
        Persistence persistence,
        const std::shared_ptr<Content>& content
    );
    /// The answer where there is no archive, for another reason than the absence of files.
    Response refuse(
        const ArchiveTarget& target,
        const MadeArchive& made,
        const FileRequest& request,
        Persistence persistence
    );
    /// 503 with Retry-After.
    Response try_again(
        const FileRequest& request,
        Persistence persistence,
        std::string detail,
        unsigned retry_after_s
    );

private:
    AnswerContext context(
        const MadeArchive& made,
        const FileRequest& request,
        Caching caching,
        Persistence persistence
    );

    Attachment& attachment_;
    const ContentTypes& types_;
    const std::uint64_t bytes_max_;
};

}  // namespace treecast::proxy
