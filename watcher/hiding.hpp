// Decides which names are not served: those that begin with a dot or are not UTF-8, and those that
// --ignore or a .treecastignore above them ignores. No I/O: the scanner passes the rules in.
#pragma once

#include "watcher/ignore_rules.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::watcher {

inline constexpr std::string_view ignore_file_name = ".treecastignore";

class Hiding {
public:
    /// `hidden` serves names that begin with a dot. `ignore` are lines in gitignore's syntax. They
    /// apply like a file in the root, but take precedence over every .treecastignore.
    Hiding(bool hidden, const std::vector<std::string>& ignore);

    /// Sets the rules of the .treecastignore in `directory`. Empty rules mean that there is none.
    /// False if there was none before either.
    bool set_rules(const std::string& directory, IgnoreRules rules);
    /// Forgets the rules of `directory` and of the directories below it.
    void forget(const std::string& directory);

    /// The rules that apply in one directory, collected once to check many names. It points into
    /// the rules, so it is valid until they change.
    class Scope {
    public:
        /// Assumes that the directory itself is shown.
        bool shows(std::string_view name, bool is_directory) const;

    private:
        friend class Hiding;
        struct Applicable {
            const IgnoreRules* rules;
            std::string directory;  // relative to the rules
        };
        bool hidden_ = false;
        std::vector<Applicable> rules_;  // by precedence: the first with a matching pattern decides
    };
    Scope scope(std::string_view directory) const;

    /// Whether the file at `path` and every directory above it are shown.
    bool shows_path(std::string_view path) const;

private:
    bool hidden_;
    IgnoreRules options_;
    std::map<std::string, IgnoreRules, std::less<>> rules_;  // the keys are directories
};

}  // namespace treecast::watcher
