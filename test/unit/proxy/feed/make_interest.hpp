// Shorthands for what tests of the feed ask for.
#pragma once

#include "proxy/feed/interest.hpp"

#include <string>
#include <utility>
#include <vector>

namespace treecast::test {

using Texts = std::vector<std::string>;

inline proxy::InterestLists make_lists(Texts paths, Texts prefixes = {}, const Texts& globs = {}) {
    proxy::InterestLists lists{std::move(paths), std::move(prefixes), {}};
    for (const std::string& glob : globs)
        lists.globs.push_back(Glob::parse(glob).value());
    return lists;
}

inline proxy::Interest make_interest(Texts paths, Texts prefixes = {}, const Texts& globs = {}) {
    return proxy::Interest(make_lists(std::move(paths), std::move(prefixes), globs));
}

}  // namespace treecast::test
