// GET and HEAD /v1/files/PATH: converts an HTTP request into a FileRequest. One thread.
#pragma once

#include "proxy/files/file_query.hpp"
#include "proxy/files/file_service.hpp"
#include "proxy/files/http_file_answers.hpp"
#include "proxy/http/request_handler.hpp"
#include "proxy/source/attachment.hpp"

#include <chrono>

namespace treecast::proxy {

/// Reduces a request to the fields that its answer depends on. Pure.
FileRequest make_file_request(
    const Request& request,
    const FileQuery& query,
    std::chrono::milliseconds wait_max
);

class FileEndpoint {
public:
    FileEndpoint(
        FileService& files,
        Attachment& attachment,
        RepresentationCache& cache,
        FileCodings& codings,
        std::chrono::milliseconds wait_max
    )
        : files_(files),
          attachment_(attachment),
          answers_(attachment, cache, codings),
          wait_max_(wait_max) {}

    void get(const Exchange& exchange);

private:
    FileService& files_;
    Attachment& attachment_;
    HttpFileAnswers answers_;
    const std::chrono::milliseconds wait_max_;
};

}  // namespace treecast::proxy
