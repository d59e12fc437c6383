// Which names of the tree are not served: those that begin with a dot or are no UTF-8, and those
// that are ignored by --ignore or by a .treecastignore above them. PURE: whoever reads directories
// brings the files.
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
    /// `hidden` serves names that begin with a dot. `ignore` are lines of gitignore's syntax, as if
    /// of a file in the root that is asked first.
    Hiding(bool hidden, const std::vector<std::string>& ignore);

    /// The rules of the .treecastignore in `directory`; empty rules if there is none. False if
    /// there was none before either.
    bool set_rules(const std::string& directory, IgnoreRules rules);
    /// Forgets the rules of `directory` and of all below it.
    void forget(const std::string& directory);

    /// What decides in one directory: to be asked for many names. Borrows the rules: valid until
    /// they change.
    class Scope {
    public:
        /// Of a name in that directory, which is itself shown.
        bool shows(std::string_view name, bool is_directory) const;

    private:
        friend class Hiding;
        struct Applicable {
            const IgnoreRules* rules;
            std::string directory;  // relative to the rules
        };
        bool hidden_ = false;
        std::vector<Applicable> rules_;  // the first that decides counts
    };
    Scope scope(std::string_view directory) const;

    /// Whether a file of that path, and so every directory above it, is shown.
    bool shows_path(std::string_view path) const;

private:
    bool hidden_;
    IgnoreRules options_;
    std::map<std::string, IgnoreRules, std::less<>> rules_;  // by directory
};

}  // namespace treecast::watcher
