// The decisions of following a path through links, component by component and never above the
// root; whoever drives it looks things up. PURE.
//
//     while (!walk.outcome())
//         walk.found(look_up(walk.directory(), walk.name()));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::watcher {

class LinkWalk {
public:
    /// For each component of the path anew: whether a link is served does not depend on the links
    /// by which its directory is reached.
    static constexpr unsigned links_max = 40;

    enum class Outcome {
        file,             // directory()/name() is there and is neither directory nor link
        directory,        // directory() is what the path names
        missing,          // directory()/name() is not there
        not_a_directory,  // directory()/name() is a file, and more was to follow below it
        too_many_links,
        outside_root,
        too_long,  // no such path could be opened
    };

    /// `path` is taken relative to `directory`, a path without links below the root ("" is the
    /// root). An absolute path begins at the root.
    LinkWalk(std::string_view directory, std::string_view path);

    /// Nothing as long as directory()/name() has to be looked up.
    std::optional<Outcome> outcome() const noexcept { return outcome_; }
    const std::string& directory() const noexcept { return directory_; }
    const std::string& name() const noexcept { return name_; }

    void found_nothing();
    void found_file();
    void found_directory();
    void found_link(std::string_view target);

    /// What the walk has come to, as a path without links; for file and directory.
    std::string resolved_path() const;

private:
    void push_components(std::string_view path);
    void advance();

    std::string directory_;
    std::string name_;
    std::vector<std::string> remaining_;  // components, the next one last
    std::size_t path_left_ = 0;           // how many of them are the path's own: the first ones
    std::optional<Outcome> outcome_;
    unsigned links_ = 0;
};

}  // namespace treecast::watcher
