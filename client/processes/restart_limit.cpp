#include "client/processes/restart_limit.hpp"

namespace treecast::client {

bool RestartLimit::allow(TimePoint now) {
    while (!restarts_.empty() && now - restarts_.front() >= window)
        restarts_.pop_front();
    if (restarts_.size() >= restarts_max)
        return false;
    restarts_.push_back(now);
    return true;
}

}  // namespace treecast::client
