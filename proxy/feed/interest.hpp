// What a subscription asks for: paths, prefixes and globs. Pure.
#pragma once

#include "base/glob.hpp"
#include "proxy/feed/text_set.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::proxy {

/// The lists as they came in a request, in any order and perhaps with repetitions.
struct InterestLists {
    std::vector<std::string> paths;
    std::vector<std::string> prefixes;
    std::vector<Glob> globs;
};

class Interest {
public:
    /// Empty lists stand for the whole tree. Equal sets make equal interests.
    explicit Interest(InterestLists lists);

    bool matches(std::string_view path) const noexcept;

    const TextSet& paths() const noexcept { return paths_; }
    const TextSet& prefixes() const noexcept { return prefixes_; }
    const std::vector<Glob>& globs() const noexcept { return globs_; }
    /// The prefixes of all that matches beyond `paths()`: none of them begins with another one.
    std::vector<std::string> roots() const;
    /// About how many bytes the interest and its places in an InterestIndex take.
    std::size_t memory() const noexcept;
    std::size_t hash() const noexcept { return hash_; }

    friend bool operator==(const Interest& left, const Interest& right) noexcept;

private:
    TextSet paths_;
    TextSet prefixes_;
    std::vector<Glob> globs_;  // sorted by their text
    std::size_t hash_ = 0;
};

/// Drops the texts that begin with another one of them.
std::vector<std::string> without_extensions(std::vector<std::string> texts);

}  // namespace treecast::proxy
