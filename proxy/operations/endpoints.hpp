// Answers of every endpoint but the files, and the refusals that follow from the router. One
// worker's thread.
#pragma once

#include "base/instance.hpp"
#include "proxy/counters.hpp"
#include "proxy/http/problem.hpp"
#include "proxy/http/request.hpp"
#include "proxy/net/response.hpp"
#include "proxy/router.hpp"
#include "proxy/source/attachment.hpp"

#include <span>
#include <string_view>

namespace treecast::proxy {

class Endpoints {
public:
    /// `counters` are those of all workers.
    Endpoints(InstanceName instance, Attachment& attachment, std::span<const Counters> counters)
        : instance_(std::move(instance)), attachment_(attachment), counters_(counters) {}

    /// Any route but one to a file that is not refused.
    Response answer(
        const Route& route,
        const Request& request,
        std::string_view query,
        Connection connection
    );

private:
    AnswerContext context(Connection connection, Caching caching);
    Response refuse(const Route& route, bool head, Connection connection);
    Response front_page(const Request& request, Connection connection);
    Response
    lead_to_file(std::string_view path, std::string_view query, bool head, Connection connection);

    const InstanceName instance_;
    Attachment& attachment_;
    const std::span<const Counters> counters_;
};

}  // namespace treecast::proxy
