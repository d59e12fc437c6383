#include "proxy/source/in_use_report.hpp"

#include <algorithm>
#include <utility>

namespace treecast::proxy {

namespace {

/// Number of calls after which an unchanged list is reported again.
constexpr unsigned report_repetition = 8;
/// Messages a call; the queue has ten, and wants need the rest.
constexpr int messages_max = 6;

/// Reports the files from `first` on and returns how many the queue accepted.
std::size_t report(
    const SendRequest& send_request,
    std::uint64_t epoch,
    const std::vector<ipc::FileId>& files,
    std::size_t first
) {
    std::size_t reported = 0;
    for (int i = 0; i < messages_max && reported < files.size(); ++i) {
        ipc::Request request{epoch, ipc::RequestKind::in_use, {}};
        const std::size_t count = std::min(ipc::request_files_max, files.size() - reported);
        for (std::size_t j = 0; j < count; ++j)
            request.files.push_back(files[(first + reported + j) % files.size()]);
        if (!send_request(request))
            break;
        reported += count;
    }
    return reported;
}

}  // namespace

bool InUseReport::is_due(const std::vector<ipc::FileId>& files) noexcept {
    const bool is_known = files == reported_ && count_ >= files.size();
    return !is_known || ++kept_ % report_repetition == 0;
}

void InUseReport::send(
    const SendRequest& send_request,
    std::uint64_t epoch,
    std::vector<ipc::FileId> files
) {
    if (files.empty() || !is_due(files))
        return;
    count_ = report(send_request, epoch, files, next_ % files.size());
    next_ += count_;
    reported_ = std::move(files);
}

}  // namespace treecast::proxy
