#include "client/http/answer.hpp"

#include "base/one_line.hpp"
#include "base/version.hpp"

#include <boost/json.hpp>

namespace treecast::client {

std::optional<std::string> flaw_of(const Answer& answer) {
    if (!answer.failure.empty())
        return "the answer is incomplete: " + answer.failure;
    const auto expected = sha256_from_hex(answer.sha256);
    if (!parse_version(answer.version) || !expected)
        return "the answer carries no Treecast-Version and Treecast-SHA256: no Treecast server";
    if (*expected != answer.body_sha256)
        return "the content that arrived is not what Treecast-SHA256 says";
    return std::nullopt;
}

bool says_absent(const Answer& answer) {
    return answer.status == 404 && parse_version(answer.version).has_value();
}

std::string describe_failure(const Answer& answer) {
    if (answer.status == 0)
        return one_line(answer.failure);
    std::string line = "HTTP " + std::to_string(answer.status);
    boost::system::error_code error;
    const auto problem = boost::json::parse(answer.problem, error);
    const auto* const object = error ? nullptr : problem.if_object();
    for (const char* const member : {"detail", "title"}) {
        const auto* const value = object == nullptr ? nullptr : object->if_contains(member);
        const auto* const text = value == nullptr ? nullptr : value->if_string();
        if (text != nullptr && !text->empty())
            return line + ": " + one_line({text->data(), text->size()});
    }
    return line;
}

}  // namespace treecast::client
