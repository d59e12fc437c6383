#include "client/processes/ready_report.hpp"

#include "base/one_line.hpp"

namespace treecast::client {

void ReadyReport::append(std::string_view bytes) {
    partial_ += bytes;
    for (auto end = partial_.find('\n'); end != partial_.npos && !ready_;
         end = partial_.find('\n')) {
        if (end == 0)
            ready_ = true;
        else
            listeners_.push_back(partial_.substr(0, end));
        partial_.erase(0, end + 1);
    }
}

bool is_http(std::string_view listener) {
    return listener.starts_with("http:") || listener.starts_with("unix:");
}

std::string listen_argument(std::string_view listener) {
    constexpr std::string_view unix_mark = "+unix";
    const auto colon = listener.find(':');
    auto scheme = listener.substr(0, colon);
    auto rest = listener.substr(colon + 1);
    const bool is_unix = !rest.starts_with("//");
    if (!is_unix) {
        rest.remove_prefix(2);
        rest = rest.substr(0, rest.find('/'));
    }
    if (scheme.ends_with(unix_mark))
        scheme.remove_suffix(unix_mark.size());
    return "--" + std::string(is_http(listener) ? "listen" : scheme) + '=' +
           (is_unix ? "unix:" : "") + std::string(rest);
}

std::string ready_text(std::string_view directory, const std::vector<std::string>& listeners) {
    std::string addresses;
    std::string others;
    for (const auto& listener : listeners)
        if (is_http(listener))
            addresses += (addresses.empty() ? "" : ", ") + listener;
        else
            others += "also on " + listener + '\n';
    return "serving " + one_line(directory) + " on " + addresses + '\n' + others;
}

}  // namespace treecast::client
