#include "test/integration/watcher_mirror.hpp"

#include "base/tree_path.hpp"
#include "test/support/tree_model/tree_walk.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <utility>

#include <sys/stat.h>

namespace treecast::test {

namespace {

std::ostream& operator<<(std::ostream& text, const watcher::FileStat& stat) {
    return text << "inode " << stat.inode << " size " << stat.size << " mtime " << stat.mtime_ns
                << " ctime " << stat.ctime_ns << std::oct << " mode " << stat.mode << std::dec
                << " links " << stat.links;
}

/// A second name that was made, and hidden or removed before anyone looked, leaves its mark on the
/// first, which no event tells.
bool is_up_to_date(
    watcher::FileStat known,
    const watcher::FileStat& stat,
    const std::set<std::uint64_t>& linked,
    const std::set<std::uint64_t>& unseen
) {
    if (unseen.contains(stat.inode))
        return known.inode == stat.inode;
    if (stat.links > 1 || known.links > 1 || linked.contains(stat.inode)) {
        known.links = stat.links;
        known.ctime_ns = stat.ctime_ns;
    }
    return known == stat;
}

}  // namespace

Files walk_tree(const std::filesystem::path& root, bool hidden) {
    Files files;
    for (const auto& [path, file] : walk_served_files(root, hidden))
        files.emplace(path, watcher::file_stat_of(file.status));
    return files;
}

std::string differences(
    const Files& expected,
    const Files& found,
    const std::set<std::uint64_t>& linked,
    const std::set<std::uint64_t>& unseen
) {
    constexpr int lines_max = 10;
    std::ostringstream text;
    int lines = 0;
    for (const auto& [path, stat] : expected) {
        const auto at = found.find(path);
        if (at != found.end() && is_up_to_date(at->second, stat, linked, unseen))
            continue;
        if (++lines > lines_max)
            continue;
        text << (at == found.end() ? "missing: " : "out of date: ") << path << ": " << stat;
        if (at != found.end())
            text << ", known as " << at->second;
        text << '\n';
    }
    for (const auto& [path, stat] : found) {
        if (!expected.contains(path) && ++lines <= lines_max)
            text << "not there: " << path << '\n';
    }
    return text.str();
}

WatcherMirror::WatcherMirror(const std::string& root, watcher::WatcherOptions options)
    : root_(root), watcher_(root_, std::move(options)) {}

void WatcherMirror::settle() {
    bool drained = false;
    while (!drained || watcher_.scanning()) {
        apply(watcher_.read(drained));
        while (watcher_.scanning())
            apply(watcher_.scan(3));
    }
}

watcher::Batch WatcherMirror::read_once() {
    bool drained = false;
    auto batch = watcher_.read(drained);
    apply(batch);
    return batch;
}

watcher::Batch WatcherMirror::scan_once(std::size_t directories_max) {
    auto batch = watcher_.scan(directories_max);
    apply(batch);
    return batch;
}

void WatcherMirror::apply(const watcher::Batch& batch) {
    for (const watcher::Listing& listing : batch.listings)
        compare(listing);
    for (const watcher::Change& change : batch.changes) {
        changes_.push_back(change);
        look_at(change.path);
    }
    for (const std::string& directory : batch.gone_directories) {
        gone_.push_back(directory);
        look_below(directory);
    }
}

watcher::Signs WatcherMirror::signs_of(const std::string& path) const {
    watcher::Signs all;
    for (const watcher::Change& change : changes_) {
        if (change.path != path)
            continue;
        all.arrived |= change.signs.arrived;
        all.created |= change.signs.created;
        all.modified |= change.signs.modified;
        all.closed |= change.signs.closed;
        all.attributes |= change.signs.attributes;
        all.gone |= change.signs.gone;
    }
    return all;
}

void WatcherMirror::look_at(const std::string& path) {
    std::set<std::string> others;
    look_at_one(path, others);
    others.erase(path);
    // A file of several names: what happened through one happened to all.
    std::set<std::string> ignored;
    for (const std::string& other : others)
        look_at_one(other, ignored);
}

void WatcherMirror::look_at_one(const std::string& path, std::set<std::string>& others) {
    const auto known = files_.find(path);
    if (known != files_.end() && known->second.links > 1) {
        const auto& names = names_[known->second.inode];
        others.insert(names.begin(), names.end());
    }
    struct stat status {};
    auto file = root_.open_path(path);
    if (watcher_.visible(path) && !file.has_error() && ::fstat(file->get(), &status) == 0 &&
        S_ISREG(status.st_mode)) {
        // Another of its names may be hidden, or outside. Watch first.
        if (status.st_nlink > 1 && watcher_.watch_file(path))
            BOOST_TEST((::fstat(file->get(), &status) == 0));
        forget(path);
        files_[path] = watcher::file_stat_of(status);
        auto& names = names_[status.st_ino];
        names.insert(path);
        if (status.st_nlink > 1)
            others.insert(names.begin(), names.end());
    } else if (!file.has_error() ||
               file.error() != boost::system::errc::no_such_file_or_directory ||
               watcher_.absence_counts(path)) {
        watcher_.unwatch_file(path);
        forget(path);
    }
}

void WatcherMirror::forget(const std::string& path) {
    const auto known = files_.find(path);
    if (known == files_.end())
        return;
    const auto names = names_.find(known->second.inode);
    names->second.erase(path);
    if (names->second.empty())
        names_.erase(names);
    files_.erase(known);
}

void WatcherMirror::look_below(const std::string& directory) {
    std::vector<std::string> below;
    for (const auto& [path, stat] : files_) {
        if (lies_below(path, directory))
            below.push_back(path);
    }
    for (const std::string& path : below)
        look_at(path);
}

void WatcherMirror::compare(const watcher::Listing& listing) {
    listed_.push_back(listing.directory);
    std::set<std::string, std::less<>> names;
    for (const watcher::ListedFile& file : listing.files) {
        names.insert(file.name);
        const std::string path = join(listing.directory, file.name);
        if (const auto known = files_.find(path);
            known == files_.end() || known->second != file.stat)
            look_at(path);
    }
    const std::set<std::string, std::less<>> directories(
        listing.directories.begin(),
        listing.directories.end()
    );
    if (!listing.complete)
        return;
    const std::size_t skip = listing.directory.empty() ? 0 : listing.directory.size() + 1;
    std::vector<std::string> unnamed;
    for (const auto& [path, stat] : files_) {
        if (!lies_below(path, listing.directory))
            continue;
        const std::string_view left = std::string_view(path).substr(skip);
        // A file whose name is a directory's now is as little there as one of no name.
        const auto slash = left.find('/');
        if (!(slash == left.npos ? names : directories).contains(left.substr(0, slash)))
            unnamed.push_back(path);
    }
    for (const std::string& path : unnamed)
        look_at(path);
}

}  // namespace treecast::test
