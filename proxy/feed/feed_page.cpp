#include "proxy/feed/feed_page.hpp"

#include <algorithm>
#include <tuple>

namespace treecast::proxy {

bool is_deletion(const ipc::Record& record) noexcept {
    switch (record.state) {
        case ipc::FileState::present:
        case ipc::FileState::unavailable:
            return false;
        case ipc::FileState::none:
        case ipc::FileState::deleted:
        case ipc::FileState::directory:  // it was a file before
            break;
    }
    return true;
}

FeedPage cut_changes(
    std::vector<ListedFile> changed,
    std::uint64_t epoch,
    std::uint64_t until,
    std::size_t limit
) {
    std::ranges::sort(changed, [](const ListedFile& left, const ListedFile& right) {
        return std::tie(left.record.change_revision, left.path) <
               std::tie(right.record.change_revision, right.path);
    });
    FeedPage page{.files = std::move(changed), .cursor = {{epoch, until}, {}}};
    if (page.files.size() <= limit)
        return page;
    const std::uint64_t last = page.files[limit - 1].record.change_revision;
    const auto rest = std::ranges::upper_bound(page.files, last, {}, [](const ListedFile& listed) {
        return listed.record.change_revision;
    });
    if (rest != page.files.end()) {
        page.cursor.version.revision = last;
        page.more = true;
        page.files.erase(rest, page.files.end());
    }
    return page;
}

}  // namespace treecast::proxy
