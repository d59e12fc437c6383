#include "client/following/change_line.hpp"

#include "base/one_line.hpp"
#include "base/time_text.hpp"

#include <boost/json.hpp>

namespace treecast::client {

std::string human_line(
    const FileUrl& url,
    const FileChange& change,
    std::chrono::system_clock::time_point now
) {
    using namespace std::chrono;
    const auto time = floor<milliseconds>(now).time_since_epoch();
    const auto seconds = floor<std::chrono::seconds>(time);
    const auto fraction = static_cast<int>((time - seconds).count());
    const bool has_content = change.event == FileEvent::change;
    return format_time(seconds.count(), fraction) + ' ' + to_string(change.event) + ' ' +
           one_line(url.path()) + ' ' + change.version + ' ' +
           (has_content ? std::to_string(change.size) : "-") + '\n';
}

std::string json_line(const FileUrl& url, const FileChange& change) {
    boost::json::object line;
    line["event"] = to_string(change.event);
    line["url"] = url.request_url();
    line["path"] = url.path();
    line["version"] = change.version;
    if (change.sha256.empty())
        line["sha256"] = nullptr;
    else
        line["sha256"] = change.sha256;
    if (change.event == FileEvent::change) {
        line["size"] = change.size;
    } else {
        line["size"] = nullptr;
    }
    if (change.mtime)
        line["mtime"] = format_time(*change.mtime);
    else
        line["mtime"] = nullptr;
    return boost::json::serialize(line) + '\n';
}

}  // namespace treecast::client
