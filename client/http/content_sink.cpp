#include "client/http/content_sink.hpp"

#include "client/output/output.hpp"

#include <system_error>

namespace treecast::client {

bool ContentSink::begin(const Answer& head) {
    return head.status == 200;
}

std::string ContentSink::write(std::string_view bytes) {
    hasher_.update(bytes.data(), bytes.size());
    bytes_ += bytes.size();
    if (descriptor_ < 0)
        return "";
    try {
        write_all(descriptor_, bytes, "cannot be stored");
    } catch (const std::system_error& error) {
        return error.what();
    }
    return "";
}

void ContentSink::end(Answer& answer) {
    answer.body_bytes = bytes_;
    answer.body_sha256 = hasher_.digest();
}

}  // namespace treecast::client
