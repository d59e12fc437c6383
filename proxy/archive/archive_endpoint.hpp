// GET and HEAD /v1/archive/PREFIX.tar, .tar.gz, .tar.zst: converts an HTTP request into a target
// and a FileRequest. One thread.
#pragma once

#include "proxy/archive/archive_service.hpp"
#include "proxy/http/request_handler.hpp"
#include "proxy/source/attachment.hpp"

#include <chrono>

namespace treecast::proxy {

class ArchiveEndpoint {
public:
    ArchiveEndpoint(
        ArchiveService& archives,
        Attachment& attachment,
        std::chrono::milliseconds wait_max
    )
        : archives_(archives), attachment_(attachment), wait_max_(wait_max) {}

    void get(const Exchange& exchange);

private:
    ArchiveService& archives_;
    Attachment& attachment_;
    const std::chrono::milliseconds wait_max_;
};

}  // namespace treecast::proxy
