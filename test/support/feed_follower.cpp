#include "test/support/feed_follower.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <set>

namespace treecast::test {

namespace json = boost::json;

bool FeedFollower::ask(const std::string& parameters) {
    const auto response = requests_.ask(parameters, cursor_);
    if (!response)
        return false;
    json::error_code error;
    const json::value answer = json::parse(response->body, error);
    if (error || !answer.is_object())
        throw WrongAnswer("the feed answered what is no JSON object: " + response->body);
    apply(answer.get_object());
    return !answer.at("changes").as_array().empty();
}

void FeedFollower::apply(const json::object& answer) {
    if (answer.at("reset").as_bool()) {
        files_.clear();
        ++resets_;
    } else if (cursor_.empty()) {
        throw WrongAnswer("no reset without a cursor");
    }
    std::set<std::string_view> listed;
    for (const json::value& change : answer.at("changes").as_array()) {
        const json::object& object = change.as_object();
        if (!listed.insert(object.at("path").as_string()).second)
            throw WrongAnswer("listed twice: " + json::serialize(object));
        apply_change(object);
    }
    cursor_ = answer.at("cursor").as_string();
    has_more_ = answer.at("more").as_bool();
}

void FeedFollower::apply_change(const json::object& change) {
    const std::string path(change.at("path").as_string());
    if (change.contains("deleted")) {
        files_.erase(path);
        return;
    }
    json::object file = change;
    file.erase("path");
    files_[path] = std::move(file);
}

}  // namespace treecast::test
