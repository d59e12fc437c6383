#include "proxy/source/wants.hpp"

#include <algorithm>
#include <utility>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr auto repeat_after = 1s;
constexpr auto repetition_look_interval = repeat_after / 4;

bool is_met(const ipc::Record& record, bool content) {
    return record.state != ipc::FileState::present ||
           (record.hash_known && (record.resident || !content));
}

}  // namespace

void Wants::queue(std::uint64_t file, Want& want) {
    if (!std::exchange(want.queued, true))
        unsent_.push_back(file);
}

void Wants::add(ipc::FileId file, bool content, Clock::time_point until) {
    auto [place, added] = wants_.try_emplace(file.value);
    Want& want = place->second;
    if (added || (content && !want.content))
        queue(file.value, want);
    want.content = want.content || content;
    want.until = std::max(want.until, until);
}

void Wants::clear() {
    wants_.clear();
    unsent_.clear();
}

void Wants::resend_all() {
    for (auto& [file, want] : wants_)
        queue(file, want);
}

void Wants::send(const SendRequest& send_request, std::uint64_t epoch, Clock::time_point now) {
    if (now >= next_repetition_) {
        next_repetition_ = now + repetition_look_interval;
        for (auto& [file, want] : wants_)
            if (now - want.sent >= repeat_after)
                queue(file, want);
    }
    while (!unsent_.empty()) {
        ipc::Request request{epoch, ipc::RequestKind::want, {}};
        const std::size_t count = std::min(ipc::request_files_max, unsent_.size());
        for (std::size_t i = 0; i < count; ++i)
            if (wants_.contains(unsent_[i]))
                request.files.push_back(ipc::FileId{unsent_[i]});
        if (!request.files.empty() && !send_request(request))
            return;
        for (const ipc::FileId file : request.files) {
            Want& want = wants_[file.value];
            want.queued = false;
            want.sent = now;
        }
        unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(count));
    }
}

std::vector<ipc::FileId> Wants::remove_ended(const ReadRecord& read_record, Clock::time_point now) {
    std::vector<ipc::FileId> met;
    for (auto it = wants_.begin(); it != wants_.end();) {
        const ipc::FileId file{it->first};
        const auto record = read_record(file);
        const bool is_done = !record || is_met(*record, it->second.content);
        if (!is_done && it->second.until > now) {
            ++it;
            continue;
        }
        if (is_done)
            met.push_back(file);
        it = wants_.erase(it);
    }
    return met;
}

}  // namespace treecast::proxy
