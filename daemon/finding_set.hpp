// Findings that are not published yet, the newest for each path. Pure.
#pragma once

#include "daemon/observation.hpp"
#include "ipc/segment_writer.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::daemon {

struct Finding {
    std::string path;
    Observation observation;
    std::optional<ipc::SegmentWriter> segment{};  // of a content that becomes resident
};

class FindingSet {
public:
    void add(Finding finding) {
        withdraw(finding.path);
        if (finding.segment) {
            ++segments_;
            segment_bytes_ += finding.segment->size();
        }
        std::string path = finding.path;
        by_path_.emplace(std::move(path), std::move(finding));
    }
    void withdraw(std::string_view path) {
        if (const auto found = by_path_.find(path); found != by_path_.end())
            take(found);
    }
    Finding take_first() { return take(by_path_.begin()); }
    void clear() { *this = {}; }
    /// Whether `holds` is true of a path. No further path is passed to it then.
    bool any_path(const std::function<bool(const std::string& path)>& holds) const {
        return std::ranges::any_of(by_path_, [&](const auto& each) {
            return holds(each.first);
        });
    }
    bool has_content_of(std::string_view path) const {
        const auto found = by_path_.find(path);
        return found != by_path_.end() && found->second.segment;
    }
    bool empty() const noexcept { return by_path_.empty(); }
    std::size_t size() const noexcept { return by_path_.size(); }
    /// The loaded contents that it holds.
    std::size_t segments() const noexcept { return segments_; }
    std::uint64_t segment_bytes() const noexcept { return segment_bytes_; }

    using Visit = std::function<void(const std::string& path, const watcher::FileStat&)>;
    /// The findings below a directory ("" is the root), at any depth.
    void for_each_below(std::string_view directory, const Visit& visit) const {
        const std::string prefix = directory.empty() ? std::string() : std::string(directory) + '/';
        for (auto at = by_path_.lower_bound(prefix);
             at != by_path_.end() && at->first.starts_with(prefix);
             ++at)
            visit(at->first, at->second.observation.stat);
    }

private:
    using ByPath = std::map<std::string, Finding, std::less<>>;

    Finding take(ByPath::iterator at) {
        Finding finding = std::move(by_path_.extract(at).mapped());
        if (finding.segment) {
            --segments_;
            segment_bytes_ -= finding.segment->size();
        }
        return finding;
    }

    ByPath by_path_;
    std::size_t segments_ = 0;
    std::uint64_t segment_bytes_ = 0;
};

}  // namespace treecast::daemon
