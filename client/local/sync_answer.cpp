#include "client/local/sync_answer.hpp"

#include "base/one_line.hpp"
#include "base/tree_path.hpp"
#include "base/version.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

namespace treecast::client {

namespace {

/// Removes the text before the next `end`, and that `end`. Returns the text.
std::string_view cut_word(std::string_view& text, char end) {
    const std::string_view part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

std::string decoded(std::string_view word) {
    const auto text = percent_decode(word);
    return text ? *text : std::string(word);
}

SyncAnswer refused(ExitCode code, std::string why) {
    SyncAnswer answer;
    answer.code = code;
    answer.refusal = std::move(why);
    return answer;
}

}  // namespace

SyncAnswer parse_sync_answer(std::string_view text) {
    const std::string whole(text);
    std::string_view first = cut_word(text, '\n');
    SyncAnswer answer;
    if (parse_version(first)) {
        answer.cursor = first;
        while (!text.empty()) {
            std::string_view line = cut_word(text, '\n');
            const std::string_view word = cut_word(line, ' ');
            if (word == "left") {
                LeftOutPath& left = answer.left.emplace_back();
                left.reason = cut_word(line, ' ');
                left.path = decoded(cut_word(line, ' '));
                left.detail = one_line(line);
            } else if (word == "more") {
                std::from_chars(line.data(), line.data() + line.size(), answer.more);
            }
        }
        return answer;
    }
    const std::string_view word = cut_word(first, ' ');
    if (word == "error")
        return refused(ExitCode::failed, one_line(first));
    if (word == "unknown")
        return refused(
            ExitCode::not_found,
            one_line(decoded(first)) + ": nothing of that name is or was served"
        );
    if (word == "absent")
        return refused(ExitCode::not_found, one_line(decoded(first)) + ": nothing is lost there");
    if (word == "outside") {
        const auto path = decoded(cut_word(first, ' '));
        return refused(
            ExitCode::not_found,
            one_line(path) + ": is not below " + one_line(decoded(first))
        );
    }
    return refused(ExitCode::failed, "the daemon answered '" + one_line(whole) + "'");
}

std::string sync_json(const SyncAnswer& answer) {
    boost::json::object json;
    json["cursor"] = answer.cursor;
    json["complete"] = answer.left.empty();
    boost::json::array& left = json["left_out"].emplace_array();
    for (const LeftOutPath& each : answer.left)
        left.push_back({{"path", each.path}, {"reason", each.reason}, {"detail", each.detail}});
    json["more"] = answer.more;
    return boost::json::serialize(json) + '\n';
}

}  // namespace treecast::client
