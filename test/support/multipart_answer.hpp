// Reads an answer of the feed as multipart/mixed, strictly: what it does not expect it refuses.
#pragma once

#include "test/support/http_client.hpp"
#include "test/support/wrong_answer.hpp"

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

}  // namespace treecast::test
