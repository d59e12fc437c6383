#include "daemon/notes.hpp"

#include "watcher/change_set.hpp"

namespace treecast::daemon {

void Notes::add(const watcher::Signs& signs, std::uint64_t sequence, bool is_look_under_way) {
    if (!oldest_)
        oldest_ = sequence;
    signs_ = watcher::followed_by(signs_, signs);
    if (!is_look_under_way)
        return;
    if (!later_)
        later_ = Later{.signs = {}, .oldest = sequence};
    later_->signs = watcher::followed_by(later_->signs, signs);
}

std::optional<watcher::Signs> Notes::later_signs() const {
    return later_ ? std::optional(later_->signs) : std::nullopt;
}

void Notes::end_look() noexcept {
    if (later_)
        oldest_ = later_->oldest;
    later_.reset();
}

}  // namespace treecast::daemon
