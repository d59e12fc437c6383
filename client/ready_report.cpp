#include "client/ready_report.hpp"

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

std::string listen_option(std::string_view listener) {
    constexpr std::string_view scheme = "http://";
    if (!listener.starts_with(scheme))
        return std::string(listener);
    listener.remove_prefix(scheme.size());
    return std::string(listener.substr(0, listener.find('/')));
}

}  // namespace treecast::client
