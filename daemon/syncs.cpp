#include "daemon/syncs.hpp"

#include "base/tree_path.hpp"
#include "base/version.hpp"
#include "daemon/degradation.hpp"

#include <algorithm>
#include <tuple>

namespace treecast::daemon {

namespace {

constexpr std::size_t named_max = 100;

/// "." stands for the root, which has an empty path.
std::string on_the_wire(const std::string& path) {
    return path.empty() ? "." : percent_encode(path);
}

bool holds(std::string_view directory, std::string_view path) {
    return path == directory || lies_below(path, directory);
}

LeftOut left_out(const Work& work, HoldUp why) {
    using ipc::UnavailableReason;
    switch (why) {
        case HoldUp::writer_inside:
            return {work.path, "writer", "a writer has it open"};
        case HoldUp::no_memory:
            return {
                work.path,
                to_string(UnavailableReason::no_memory),
                "there is no room in shared memory"};
        case HoldUp::unstable:
            return {
                work.path,
                to_string(UnavailableReason::unstable),
                "it changes while it is read, again and again"};
        case HoldUp::hung:
            return {work.path, to_string(UnavailableReason::hung), "reading it does not come back"};
        case HoldUp::unreadable:
        case HoldUp::lost:
        case HoldUp::none:
            break;
    }
    return {
        work.path,
        to_string(stale_reason_of(work.setbacks.error)),
        work.setbacks.error.message()};
}

}  // namespace

std::vector<LeftOut> left_out_as_a_whole(const watcher::Watcher& watcher, bool lacks_room) {
    std::vector<LeftOut> all;
    for (auto& [directory, why] : watcher.lost_directories())
        all.push_back({directory, "lost", "it cannot be read: " + why});
    if (lacks_room)
        all.push_back({"", to_string(ipc::UnavailableReason::no_memory), Degradation::no_room_words}
        );
    return all;
}

std::string sync_answer(const std::string& cursor, std::vector<LeftOut> left) {
    std::sort(left.begin(), left.end(), [](const LeftOut& a, const LeftOut& b) {
        return std::tie(a.path, a.reason) < std::tie(b.path, b.reason);
    });
    left.erase(
        std::unique(
            left.begin(),
            left.end(),
            [](const LeftOut& a, const LeftOut& b) {
                return a.path == b.path;
            }
        ),
        left.end()
    );
    std::string answer = cursor;
    for (std::size_t i = 0; i < std::min(left.size(), named_max); ++i)
        answer +=
            "\nleft " + left[i].reason + ' ' + on_the_wire(left[i].path) + ' ' + left[i].detail;
    if (left.size() > named_max)
        answer += "\nmore " + std::to_string(left.size() - named_max);
    return answer;
}

std::optional<std::string>
path_below(const std::vector<std::string>& roots, std::string_view typed) {
    if (typed.starts_with('/')) {
        const auto root = std::ranges::find_if(roots, [&](const std::string& each) {
            return holds(each, typed);
        });
        if (root == roots.end())
            return std::nullopt;
        typed.remove_prefix(root->size());
    }
    std::string path;
    while (!typed.empty()) {
        const auto end = std::min(typed.find('/'), typed.size());
        const std::string_view name = typed.substr(0, end);
        typed.remove_prefix(std::min(end + 1, typed.size()));
        if (name == ".." && path.empty())
            return std::nullopt;
        if (name == "..")
            path = std::string(parent_of(path));
        else if (!name.empty() && name != ".")
            path = join(path, name);
    }
    return path;
}

std::optional<std::vector<std::string>> paths_below(
    const std::vector<std::string>& roots,
    const std::vector<std::string>& typed,
    const Answer& answer
) {
    std::vector<std::string> paths;
    for (const std::string& each : typed) {
        auto path = path_below(roots, each);
        if (!path) {
            answer("outside " + percent_encode(each) + ' ' + percent_encode(roots.back()));
            return std::nullopt;
        }
        paths.push_back(std::move(*path));
    }
    return paths;
}

std::string refusal_to_forget(const std::string& path, bool is_root_lost) {
    if (is_root_lost)
        return "error the root is lost: there is no directory at its path that could be served";
    return "absent " + percent_encode(path);
}

bool Syncs::Waiter::concerns(std::string_view path) const {
    return paths.empty() || std::ranges::any_of(paths, [&](const std::string& each) {
               return holds(each, path);
           });
}

void Syncs::begin(std::vector<std::string> paths, Answer answer) {
    waiters_.push_back({.paths = std::move(paths), .answer = std::move(answer)});
}

bool Syncs::on_drained() {
    bool found_new = false;
    for (Waiter& waiter : waiters_) {
        if (std::exchange(waiter.drained, true))
            continue;
        waiter.sequence = works_.sequence();
        found_new = true;
    }
    return found_new;
}

void Syncs::on_more_noted() {
    for (Waiter& waiter : waiters_)
        if (waiter.drained)
            waiter.sequence = works_.sequence();
}

void Syncs::answer(const std::vector<LeftOut>& lost, Clock::time_point now) {
    std::erase_if(waiters_, [&](Waiter& waiter) {
        if (!waiter.drained || works_.is_awaited(waiter.awaited, waiter.sequence, now))
            return false;
        bool settled = true;
        std::vector<LeftOut> left;
        works_.for_each_noted(waiter.sequence, [&](const Work& work) {
            if (!waiter.concerns(work.path))
                return true;
            const HoldUp why = hold_up(work, now);
            settled = why != HoldUp::none;
            if (!settled)
                waiter.awaited = work.path;
            else if (why != HoldUp::lost)
                left.push_back(left_out(work, why));
            return settled;
        });
        if (settled)
            waiter.answer(answer_to(waiter, std::move(left), lost));
        return settled;
    });
}

std::string Syncs::answer_to(
    const Waiter& waiter,
    std::vector<LeftOut> left,
    const std::vector<LeftOut>& lost
) const {
    // One line for a directory covers all below it.
    std::erase_if(left, [&](const LeftOut& file) {
        return std::ranges::any_of(lost, [&](const LeftOut& directory) {
            return lies_below(file.path, directory.path);
        });
    });
    for (const LeftOut& directory : lost)
        if (waiter.concerns(directory.path) ||
            std::ranges::any_of(waiter.paths, [&](const std::string& path) {
                return holds(directory.path, path);
            }))
            left.push_back(directory);

    for (const std::string& path : waiter.paths) {
        const auto file = catalog_.find(path);
        const ipc::Record record = file ? catalog_.read(*file) : ipc::Record();
        const bool is_gone = record.state == ipc::FileState::deleted && record.change_revision != 0;
        const bool is_lost = std::ranges::any_of(left, [&](const LeftOut& each) {
            return holds(each.path, path);
        });
        if (record.state == ipc::FileState::unavailable)
            left.push_back({path, to_string(record.reason), "it is not served"});
        else if (!path.empty() && !is_gone && !is_lost && record.state != ipc::FileState::present && record.state != ipc::FileState::directory)
            return "unknown " + on_the_wire(path);
    }
    return sync_answer(
        to_string(Version{catalog_.epoch(), catalog_.newest_revision()}),
        std::move(left)
    );
}

}  // namespace treecast::daemon
