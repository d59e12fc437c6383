// The endpoints about the server: the front page, short names, health, readiness, status. One
// worker's thread.
#pragma once

#include "base/instance.hpp"
#include "proxy/counters.hpp"
#include "proxy/http/request_handler.hpp"
#include "proxy/http/response_head.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/codings.hpp"
#include "proxy/source/made_contents.hpp"

#include <span>
#include <string>
#include <utility>

namespace treecast::proxy {

class Operations {
public:
    /// `counters` are those of all workers.
    Operations(
        InstanceName instance,
        Attachment& attachment,
        std::span<const Counters> counters,
        const MadeContents& made,
        const Codings& codings
    )
        : instance_(std::move(instance)),
          attachment_(attachment),
          counters_(counters),
          made_(made),
          codings_(codings) {}

    void front_page(const Exchange& exchange);
    /// Redirects the short name of a file, /PATH, to /v1/files/PATH.
    void redirect_to_file(const Exchange& exchange);
    void health(const Exchange& exchange);
    void readiness(const Exchange& exchange);
    void status(const Exchange& exchange);

private:
    AnswerContext tree_context(const Exchange& exchange);
    static void respond_json(const Exchange& exchange, unsigned status, const std::string& body);
    static void respond(
        const Exchange& exchange,
        HeadBuilder head,
        const std::string& body,
        const AnswerContext& context
    );

    const InstanceName instance_;
    Attachment& attachment_;
    const std::span<const Counters> counters_;
    const MadeContents& made_;
    const Codings& codings_;
};

}  // namespace treecast::proxy
