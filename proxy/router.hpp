// Finds the endpoint of each HTTP request; the table is in router.cpp. One worker's thread.
//
// A path outside /v1/ that is no endpoint is the short name of a file.
#pragma once

#include "proxy/archive/archive_endpoint.hpp"
#include "proxy/feed/feed_endpoint.hpp"
#include "proxy/files/file_endpoint.hpp"
#include "proxy/http/request_handler.hpp"
#include "proxy/http/route_table.hpp"
#include "proxy/operations/operations.hpp"
#include "proxy/source/attachment.hpp"

namespace treecast::proxy {

class Router final : public RequestHandler {
public:
    Router(
        FileEndpoint& files,
        FeedEndpoint& feed,
        ArchiveEndpoint& archives,
        Operations& operations,
        Attachment& attachment
    );

    std::size_t body_bytes_max(const Request& request) const override;
    void handle(Connection& connection, const Request& request) override;

private:
    Attachment& attachment_;
    RouteTable table_;
};

}  // namespace treecast::proxy
