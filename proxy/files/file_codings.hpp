// Which coding of a file's content this worker sends, and what it has made for that. One thread.
#pragma once

#include "proxy/files/file_request.hpp"
#include "proxy/files/sighting.hpp"
#include "proxy/representation/coding_decision.hpp"
#include "proxy/representation/representation_cache.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/codings.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace treecast::proxy {

class FileCodings {
public:
    /// When and for whom a coding is chosen; see CodingQuestion.
    struct Occasion {
        bool is_pushed = false;
        bool may_wait = true;
    };

    FileCodings(
        boost::asio::io_context& context,
        Codings& codings,
        RepresentationCache& cache,
        Attachment& attachment,
        Counters& counters
    )
        : codings_(codings),
          cache_(cache),
          attachment_(attachment),
          counters_(counters),
          listener_{context, {}} {}

    /// `ended` is called for a file when something that choose() waits for has ended. To be called
    /// before the first choice.
    void on_end(std::function<void(ipc::FileId)> ended) { listener_.ended = std::move(ended); }

    /// For a file whose content is to be sent. Begins what the decision says, so that is never
    /// `begin`.
    CodingDecision choose(
        const Sighting& seen,
        std::string_view path,
        const FileRequest& request,
        Occasion occasion
    );
    /// The coding that was chosen. Null if it was evicted since.
    std::shared_ptr<Content> open(Representation& representation, Coding coding);

    /// Whether nothing is kept of which a change would have to be reported.
    bool empty() const noexcept { return codings_.empty(); }
    void remove_superseded(ipc::FileId file, const Version& version) {
        codings_.remove_superseded(file, version);
    }
    void clear() { codings_.clear(); }

private:
    CodingState state_of(Representation& representation, Coding coding);
    /// For a content that is in memory.
    bool begin(Representation& representation, Coding coding);

    Codings& codings_;
    RepresentationCache& cache_;
    Attachment& attachment_;
    Counters& counters_;
    Codings::Listener listener_;
};

}  // namespace treecast::proxy
