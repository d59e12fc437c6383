// The patterns of one .treecastignore, or of --ignore, in gitignore's syntax. Pure.
//
// Supported: `*`, `?`, `[abc]`, `[a-z]`, `[!a]`, `\` before any of them, `**` as a whole
// component, a slash at the beginning or in the middle (anchors the pattern to the directory of the
// file), a slash at the end (directories only), `!` (shows again), `#` (comment). The last pattern
// that matches decides. As in git, nothing below an ignored directory can be shown again, and `?`
// and `[..]` stand for one byte.
//
// Not supported: character classes such as `[[:alpha:]]`, and ignoring case. `!` does not show a
// name that begins with a dot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::watcher {

/// Whether `pattern` (one component: no slash) matches all of `name`.
bool matches_name(std::string_view pattern, std::string_view name) noexcept;

class IgnoreRules {
public:
    static constexpr std::size_t bytes_max = 1 << 20;  // of one file; the reader skips the rest

    static IgnoreRules parse(std::string_view text);

    bool empty() const noexcept { return rules_.empty(); }
    /// Whether `name` in `directory` is ignored; nullopt if no pattern matches. `directory` is
    /// relative to the directory that holds the file ("" is that directory itself).
    std::optional<bool>
    ignores(std::string_view directory, std::string_view name, bool is_directory) const;

private:
    struct Rule {
        std::vector<std::string> components;  // not anchored: one, which matches at any level
        bool anchored = false;
        bool directories_only = false;
        bool shows_again = false;
    };
    static std::optional<Rule> parse_line(std::string_view line);

    std::vector<Rule> rules_;
};

}  // namespace treecast::watcher
