#include "test/support/tree_model/tree_walk.hpp"

#include "base/tree_path.hpp"
#include "test/support/temporary_directory.hpp"

#include <treecast/limits.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fnmatch.h>
#include <limits>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

namespace treecast::test {

namespace {

namespace fs = std::filesystem;

constexpr unsigned links_max = 40;

/// The lines of one .treecastignore, and the served path of the directory that it lies in.
struct IgnoreLines {
    std::string directory;
    std::vector<std::string> lines;

    /// Whether `path` is ignored; nullopt if no line matches it.
    std::optional<bool> ignores(const std::string& path, bool is_directory) const {
        const std::string below = directory.empty() ? path : path.substr(directory.size() + 1);
        for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
            std::string_view pattern = *line;
            const bool shows_again = pattern.starts_with('!');
            pattern.remove_prefix(shows_again ? 1 : 0);
            const bool directories_only = pattern.ends_with('/');
            pattern.remove_suffix(directories_only ? 1 : 0);
            const bool anchored = pattern.find('/') != pattern.npos;
            pattern.remove_prefix(pattern.starts_with('/') ? 1 : 0);
            const std::string subject(anchored ? below : name_of(below));
            if ((is_directory || !directories_only) &&
                ::fnmatch(std::string(pattern).c_str(), subject.c_str(), FNM_PATHNAME) == 0)
                return !shows_again;
        }
        return std::nullopt;
    }
};

class Walk {
public:
    Walk(const std::string& root, bool hidden)
        : configured_root_(root), root_(fs::canonical(root)), hidden_(hidden) {}

    void stop_after(std::size_t entries) { entries_max_ = entries; }
    bool was_stopped() const { return entries_ > entries_max_; }

    std::map<std::string, WalkedFile> files() {
        enter(root_, "");
        return std::move(files_);
    }

private:
    void enter(const std::string& real, const std::string& path) {
        const std::size_t rules = ignored_.size();
        read_ignore_file(real, path);
        chain_.push_back(real);
        std::error_code error;
        for (fs::directory_iterator at(real, error), end; !error && at != end && !was_stopped();
             at.increment(error)) {
            ++entries_;
            const std::string name = at->path().filename();
            if (is_valid_name(name) && path.size() + 1 + name.size() < path_bytes_max)
                visit(real, name, join(path, name));
        }
        chain_.pop_back();
        ignored_.resize(rules);
    }

    void read_ignore_file(const std::string& real, const std::string& path) {
        const std::string file = real + "/.treecastignore";
        struct stat status {};
        if (::lstat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
            return;
        IgnoreLines rules{.directory = path, .lines = {}};
        std::istringstream text(read_file(file));
        for (std::string line; std::getline(text, line);)
            if (!line.empty() && !line.starts_with('#'))
                rules.lines.push_back(line);
        ignored_.push_back(std::move(rules));
    }

    void visit(const std::string& directory, const std::string& name, const std::string& path) {
        struct stat status {};
        std::string real = directory + '/' + name;
        if (::lstat(real.c_str(), &status) != 0)
            return;
        const bool is_link = S_ISLNK(status.st_mode);
        if (is_link) {
            const auto behind = follow(directory, name);
            if (!behind || ::lstat(behind->c_str(), &status) != 0)
                return;
            real = *behind;
        }
        if (!shows(path, S_ISDIR(status.st_mode)))
            return;
        if (S_ISREG(status.st_mode)) {
            files_.emplace(path, WalkedFile{real, status});
        } else if (S_ISDIR(status.st_mode)) {
            if (!is_link || std::find(chain_.begin(), chain_.end(), real) == chain_.end())
                enter(real, path);
        }
    }

    bool shows(const std::string& path, bool is_directory) const {
        if (!hidden_ && name_of(path).starts_with('.'))
            return false;
        for (auto rules = ignored_.rbegin(); rules != ignored_.rend(); ++rules)
            if (const auto ignored = rules->ignores(path, is_directory))
                return !*ignored;
        return true;
    }

    /// Resolves the link `name` in the real directory `at` without leaving the root.
    std::optional<std::string> follow(std::string at, const std::string& name) const {
        std::vector<std::string> left{name};  // the next one last
        unsigned links = 0;
        while (!left.empty()) {
            const std::string next = std::move(left.back());
            left.pop_back();
            if (next.empty() || next == ".")
                continue;
            if (next == "..") {
                if (at == root_)
                    return std::nullopt;
                at = at.substr(0, at.rfind('/'));
                continue;
            }
            const std::string entry = at + '/' + next;
            struct stat status {};
            if (::lstat(entry.c_str(), &status) != 0)
                return std::nullopt;
            if (S_ISLNK(status.st_mode)) {
                auto target = target_of(entry);
                if (++links > links_max || !target)
                    return std::nullopt;
                if (target->starts_with('/'))
                    at = root_;
                push_components(*target, left);
            } else if (S_ISDIR(status.st_mode) || left.empty()) {
                at = entry;
            } else {
                return std::nullopt;  // a file, but more components follow
            }
        }
        return at;
    }

    /// An absolute target begins at the root.
    std::optional<std::string> target_of(const std::string& link) const {
        std::array<char, path_bytes_max> bytes{};
        const ssize_t length = ::readlink(link.c_str(), bytes.data(), bytes.size());
        if (length <= 0)
            return std::nullopt;
        const std::string target(bytes.data(), static_cast<std::size_t>(length));
        if (!target.starts_with('/'))
            return target;
        for (const std::string& root : {root_, configured_root_})
            if (target == root || target.starts_with(root + '/'))
                return '/' + target.substr(root.size());
        return std::nullopt;
    }

    static void push_components(const std::string& target, std::vector<std::string>& left) {
        std::vector<std::string> components;
        std::istringstream text(target);
        for (std::string component; std::getline(text, component, '/');)
            components.push_back(component);
        if (target.ends_with('/'))
            components.emplace_back(".");  // the path before it must be a directory
        left.insert(left.end(), components.rbegin(), components.rend());
    }

    const std::string configured_root_;
    const std::string root_;
    const bool hidden_;
    std::vector<std::string> chain_;  // real directories from the root to the present one
    std::vector<IgnoreLines> ignored_;
    std::map<std::string, WalkedFile> files_;
    std::size_t entries_ = 0;
    std::size_t entries_max_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace

bool has_more_entries(const std::string& root, std::size_t entries) {
    Walk walk(root, true);
    walk.stop_after(entries);
    (void)walk.files();
    return walk.was_stopped();
}

std::map<std::string, WalkedFile> walk_served_files(const std::string& root, bool hidden) {
    return Walk(root, hidden).files();
}

}  // namespace treecast::test
