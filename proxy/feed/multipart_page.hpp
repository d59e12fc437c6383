// What an answer with contents is made of. All who get the same answer share it. Pure.
#pragma once

#include "proxy/feed/feed_answer.hpp"
#include "proxy/feed/multipart_text.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace treecast::proxy {

struct MultipartPage {
    MultipartPage(FeedAnswer answer_, std::uint64_t part_max_, std::string boundary)
        : answer(std::move(answer_)), part_max(part_max_), text(std::move(boundary)) {}

    const ListedFiles& files() const noexcept {
        static const ListedFiles none;
        return answer.files ? *answer.files : none;
    }
    std::uint64_t epoch() const noexcept { return answer.cursor.version.epoch; }

    const FeedAnswer answer;
    const std::uint64_t part_max;  // larger contents are left out
    const MultipartText text;
};

}  // namespace treecast::proxy
