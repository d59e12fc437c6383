#include "test/support/multipart_answer.hpp"

#include "base/sha256.hpp"
#include "base/tree_path.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <set>

namespace treecast::test {

namespace json = boost::json;

namespace {

/// Takes what is expected from the front of a text.
class Reader {
public:
    explicit Reader(std::string_view text) : left_(text) {}

    void take(std::string_view expected) {
        if (!left_.starts_with(expected))
            throw WrongAnswer(
                "expected '" + std::string(expected) + "' at '" + std::string(left_.substr(0, 80)) +
                "'"
            );
        left_.remove_prefix(expected.size());
    }
    bool take_if(std::string_view expected) {
        const bool is_there = left_.starts_with(expected);
        if (is_there)
            left_.remove_prefix(expected.size());
        return is_there;
    }
    std::string_view take_line() {
        const auto end = left_.find("\r\n");
        if (end == left_.npos)
            throw WrongAnswer("the answer ends inside a line");
        const std::string_view line = left_.substr(0, end);
        left_.remove_prefix(end + 2);
        return line;
    }
    std::string_view take_bytes(std::size_t count) {
        if (left_.size() < count)
            throw WrongAnswer("the answer ends inside a part");
        const std::string_view bytes = left_.substr(0, count);
        left_.remove_prefix(count);
        return bytes;
    }
    bool empty() const { return left_.empty(); }

private:
    std::string_view left_;
};

struct RawPart {
    HttpHeaders fields;
    std::string body;
};

RawPart read_part(Reader& reader) {
    HttpResponse part;
    while (true) {
        const std::string_view line = reader.take_line();
        if (line.empty())
            break;
        const auto colon = line.find(": ");
        if (colon == line.npos || colon == 0)
            throw WrongAnswer("no field: " + std::string(line));
        const std::string name(line.substr(0, colon));
        if (part.has_header(name))
            throw WrongAnswer("repeated: " + name);
        part.headers.emplace_back(name, line.substr(colon + 2));
    }
    const std::string length = part.header("Content-Length");
    if (length.empty() || length.find_first_not_of("0123456789") != length.npos)
        throw WrongAnswer("Content-Length '" + length + "'");
    part.body = reader.take_bytes(std::stoull(length));
    return {std::move(part.headers), std::move(part.body)};
}

json::object object_of(const RawPart& part) {
    if (part.fields.front() != HttpHeaders::value_type("Content-Type", "application/json"))
        throw WrongAnswer("a part that is not JSON");
    json::error_code error;
    const json::value value = json::parse(part.body, error);
    if (error || !value.is_object())
        throw WrongAnswer("no JSON object: " + part.body);
    return value.get_object();
}

FilePart file_of(RawPart part) {
    FilePart file{{}, std::move(part.fields), std::move(part.body)};
    constexpr std::string_view prefix = "/v1/files/";
    const std::string location = file.field("Content-Location");
    if (!location.starts_with(prefix))
        throw WrongAnswer("Content-Location '" + location + "'");
    const auto path = percent_decode(std::string_view(location).substr(prefix.size()));
    if (!path || file.field("Treecast-Version").empty())
        throw WrongAnswer("no path or version: " + location);
    file.path = *path;
    if (!file.field("Treecast-Event").empty()) {
        if (!file.body.empty())
            throw WrongAnswer("an event with a body: " + location);
        return file;
    }
    const std::string hash = to_hex(sha256_of(file.body));
    if (file.field("Treecast-SHA256") != hash)
        throw WrongAnswer("torn: " + location);
    if (file.field("ETag") != '"' + hash.substr(0, 32) + '"' ||
        file.field("Content-Type").empty() || file.field("Treecast-Mode").size() != 4)
        throw WrongAnswer("ETag, type or mode: " + location);
    return file;
}

std::string boundary_of(const HttpResponse& response) {
    constexpr std::string_view prefix = "multipart/mixed; boundary=";
    const std::string type = response.header("Content-Type");
    const std::string boundary = type.substr(std::min(prefix.size(), type.size()));
    if (!type.starts_with(prefix) || boundary.size() != 32 ||
        boundary.find_first_not_of("0123456789abcdef") != boundary.npos)
        throw WrongAnswer("Content-Type '" + type + "'");
    return boundary;
}

}  // namespace

std::string FilePart::field(std::string_view name) const {
    const auto found = std::ranges::find(fields, name, &HttpHeaders::value_type::first);
    return found == fields.end() ? std::string() : found->second;
}

MultipartAnswer MultipartAnswer::read(const HttpResponse& response) {
    const std::string delimiter = "--" + boundary_of(response);
    Reader reader(response.body);
    std::vector<RawPart> parts;
    reader.take(delimiter);
    do {
        reader.take("\r\n");
        parts.push_back(read_part(reader));
        reader.take("\r\n" + delimiter);
    } while (!reader.take_if("--\r\n"));
    if (!reader.empty() || parts.size() < 2)
        throw WrongAnswer("something follows the closing delimiter, or a part is missing");
    MultipartAnswer answer;
    answer.beginning = object_of(parts.front());
    answer.end = object_of(parts.back());
    std::set<std::string> paths;
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
        answer.files.push_back(file_of(std::move(parts[i])));
        if (!paths.insert(answer.files.back().path).second)
            throw WrongAnswer("twice: " + answer.files.back().path);
    }
    return answer;
}

std::string MultipartAnswer::text() const {
    std::string text;
    for (const FilePart& file : files) {
        const std::string event = file.field("Treecast-Event");
        text += text.empty() ? "" : " ";
        if (event == "delete")
            text += '[' + file.path + ']';
        else if (event == "unavailable")
            text += file.path + '?';
        else
            text += file.path + (event.empty() ? '=' + file.body : "!");
    }
    return text;
}

}  // namespace treecast::test
