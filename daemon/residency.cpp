#include "daemon/residency.hpp"

#include "ipc/segment_writer.hpp"

#include <algorithm>

namespace treecast::daemon {

namespace {

constexpr auto spared_after_loading = std::chrono::seconds(1);

}  // namespace

bool Residency::may_go(const Resident& resident, Clock::time_point now) {
    return now - resident.loaded >= spared_after_loading;
}

void Residency::add(ipc::FileId file, std::uint64_t size, Clock::time_point now) {
    remove(file);
    const std::uint64_t cost_bytes = ipc::segment_cost(size);
    bytes_ += cost_bytes;
    residents_[file] = {cost_bytes, now, by_use_.insert(by_use_.end(), file), false};
}

void Residency::remove(ipc::FileId file) {
    const auto found = residents_.find(file);
    if (found == residents_.end())
        return;
    bytes_ -= found->second.cost_bytes;
    by_use_.erase(found->second.place);
    residents_.erase(found);
}

void Residency::use(ipc::FileId file) {
    const auto found = residents_.find(file);
    if (found != residents_.end())
        by_use_.splice(by_use_.end(), by_use_, found->second.place);
}

void Residency::spare(ipc::FileId file, bool spared) {
    if (const auto found = residents_.find(file); found != residents_.end())
        found->second.spared = spared;
}

std::uint64_t Residency::limit_bytes() const noexcept {
    const std::uint64_t together = filesystem_bytes_ / 4 * 3;
    const std::uint64_t rest = filesystem_bytes_ - std::min(filesystem_bytes_, catalog_bytes_);
    const std::uint64_t most = std::max(together - std::min(together, catalog_bytes_), rest / 4);
    return std::min(limit_bytes_, most);
}

bool Residency::can_hold(std::uint64_t size) const noexcept {
    return ipc::segment_cost(size) <= limit_bytes();
}

Residency::Room
Residency::make_room(std::uint64_t size, ipc::FileId replaced, Clock::time_point now) const {
    std::uint64_t needed_bytes = bytes_ + ipc::segment_cost(size);
    if (const auto old = residents_.find(replaced); old != residents_.end())
        needed_bytes -= old->second.cost_bytes;

    Room room;
    for (const bool spared : {false, true}) {
        for (const ipc::FileId file : by_use_) {
            if (needed_bytes <= limit_bytes())
                break;
            const Resident& resident = residents_.find(file)->second;
            if (file == replaced || resident.spared != spared || !may_go(resident, now))
                continue;
            needed_bytes -= resident.cost_bytes;
            room.evict.push_back(file);
        }
    }
    room.fits = needed_bytes <= limit_bytes();
    if (!room.fits)
        room.evict.clear();
    return room;
}

bool Residency::spares_any(Clock::time_point now) const {
    return std::ranges::any_of(residents_, [now](const auto& resident) {
        return !may_go(resident.second, now);
    });
}

std::vector<ipc::FileId> Residency::evictable(Clock::time_point now) const {
    std::vector<ipc::FileId> files;
    for (const ipc::FileId file : by_use_)
        if (const Resident& resident = residents_.find(file)->second;
            may_go(resident, now) && !resident.spared)
            files.push_back(file);
    return files;
}

}  // namespace treecast::daemon
