// Reads an answer of the feed as multipart/mixed, strictly: what it does not expect it refuses.
#pragma once

#include "test/support/feed_follower.hpp"
#include "test/support/http_client.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace treecast::test {

/// The part of one file.
struct FilePart {
    std::string path;
    HttpHeaders fields;
    std::string body;

    /// The value of a field; empty if there is none.
    std::string field(std::string_view name) const;
};

struct MultipartAnswer {
    boost::json::object beginning;  // the first part
    std::vector<FilePart> files;
    boost::json::object end;  // the last part

    /// Throws WrongAnswer unless it is one from its first delimiter to its closing one: each part
    /// exactly as long as it says, each content with the hash and the tag that its fields give, no
    /// file twice.
    static MultipartAnswer read(const HttpResponse& response);

    std::string cursor() const { return std::string(end.at("cursor").as_string()); }
    bool more() const { return end.at("more").as_bool(); }
    bool reset() const { return beginning.at("reset").as_bool(); }
    bool same() const { return beginning.at("same").as_bool(); }
    /// "a=CONTENT b! [c] d?": contents, files without them, deleted and unavailable ones, in order.
    std::string text() const;
};

/// A client that applies each answer to a state of its own. One thread.
class MultipartFollower {
public:
    using Files = std::map<std::string, FilePart>;

    /// `interest`: parameters such as "prefix=conf/&path=a".
    MultipartFollower(HttpServer server, std::string interest)
        : server_(std::move(server)), interest_(std::move(interest)) {}

    /// One request; returns whether it brought anything. Throws WrongAnswer, and what
    /// HttpConnection throws: then nothing was applied.
    bool ask(const std::string& parameters = {});
    /// Asks until nothing is new.
    void catch_up() {
        while (ask() || has_more_) {
        }
    }

    /// Complete unless has_more().
    const Files& files() const noexcept { return files_; }
    bool has_more() const noexcept { return has_more_; }
    const std::string& cursor() const noexcept { return cursor_; }

private:
    const HttpServer server_;
    const std::string interest_;
    std::optional<HttpConnection> connection_;
    std::string cursor_;
    Files files_;
    bool has_more_ = false;
};

}  // namespace treecast::test
