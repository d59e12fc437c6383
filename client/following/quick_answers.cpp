#include "client/following/quick_answers.hpp"

#include <utility>

namespace treecast::client {

using std::chrono::milliseconds;

void QuickAnswers::reset() noexcept {
    pauses_.reset();
    moved_quickly_ = false;
}

milliseconds QuickAnswers::pause(milliseconds elapsed, bool has_moved, double random) {
    if (elapsed >= elapsed_max) {
        reset();
        return {};
    }
    if (has_moved && !std::exchange(moved_quickly_, true))
        return {};
    return pauses_.next(random);
}

}  // namespace treecast::client
