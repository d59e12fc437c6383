#include "client/http/text_sink.hpp"

namespace treecast::client {

bool TextSink::begin(const Answer& head) {
    return head.status == 200;
}

std::string TextSink::write(std::string_view bytes) {
    is_too_long_ = bytes.size() > bytes_max_ - text_.size();
    if (is_too_long_)
        return "it is longer than " + std::to_string(bytes_max_) + " bytes";
    text_ += bytes;
    return "";
}

void TextSink::end(Answer& answer) {
    answer.body_bytes = text_.size();
}

}  // namespace treecast::client
