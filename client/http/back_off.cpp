#include "client/http/back_off.hpp"

#include <algorithm>

namespace treecast::client {

using std::chrono::milliseconds;

std::chrono::milliseconds
BackOff::next(double random, std::optional<std::chrono::seconds> retry_after) {
    const auto half = doubled_ / 2;
    const auto spread = [&](milliseconds range) {
        return milliseconds(static_cast<long long>(static_cast<double>(range.count()) * random));
    };
    auto pause = half + spread(half);
    doubled_ = std::min(doubled_ * 2, pause_max);
    if (retry_after) {
        const milliseconds least =
            std::clamp(*retry_after, std::chrono::seconds(0), retry_after_max);
        pause = std::max(pause, least + spread(milliseconds(1000)));
    }
    return pause;
}

}  // namespace treecast::client
