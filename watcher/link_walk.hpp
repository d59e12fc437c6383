// Resolves a path through links, component by component and never above the root. Pure: the caller
// looks up each name and reports what it found.
//
//     while (!walk.outcome())
//         walk.found_...(look_up(walk.directory(), walk.name()));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::watcher {

class LinkWalk {
public:
    /// The bound for each component of the path, not for the whole path. So whether a link is
    /// served does not depend on the links by which its directory is reached.
    static constexpr unsigned links_max = 40;

    enum class Outcome {
        file,             // directory()/name() exists and is neither directory nor link
        directory,        // the path names directory()
        missing,          // directory()/name() does not exist
        not_a_directory,  // directory()/name() is a file, but the path continues below it
        too_many_links,
        outside_root,
        too_long,  // the kernel opens no path of this length
    };

    /// `path` is relative to `directory`, a path without links below the root ("" is the root). An
    /// absolute `path` begins at the root.
    LinkWalk(std::string_view directory, std::string_view path);

    /// nullopt while directory()/name() remains to be looked up.
    std::optional<Outcome> outcome() const noexcept { return outcome_; }
    const std::string& directory() const noexcept { return directory_; }
    const std::string& name() const noexcept { return name_; }

    void found_nothing();
    void found_file();
    void found_directory();
    void found_link(std::string_view target);

    /// The target as a path without links. Only for the outcomes file and directory.
    std::string resolved_path() const;

private:
    void push_components(std::string_view path);
    void advance();

    std::string directory_;
    std::string name_;
    std::vector<std::string> remaining_;  // components, the next one last
    std::size_t path_left_ = 0;           // the first so many belong to the path, not to a link
    std::optional<Outcome> outcome_;
    unsigned links_ = 0;
};

}  // namespace treecast::watcher
