// What holds for a query of the feed that was accepted, however it came.
#pragma once

#include "base/tree_path.hpp"
#include "proxy/feed/feed_query.hpp"
#include "test/fuzz/fuzz_check.hpp"

#include <treecast/limits.hpp>

#include <algorithm>
#include <optional>

namespace treecast::fuzz {

inline void check_reason(const std::optional<proxy::QueryRefusal>& refusal) {
    if (refusal)
        FUZZ_CHECK(!refusal->reason.empty() && refusal->reason.back() != '.');
}

inline void check_query(const proxy::FeedQuery& query) {
    for (const std::string& path : query.interest.paths)
        FUZZ_CHECK(is_valid_path(path));
    for (const std::string& prefix : query.interest.prefixes) {
        FUZZ_CHECK(prefix.size() < path_bytes_max && is_utf8(prefix));
        FUZZ_CHECK(!prefix.starts_with('/') && prefix.find('\0') == prefix.npos);
    }
    for (const Glob& glob : query.interest.globs)
        FUZZ_CHECK(Glob::parse(glob.text()).has_value());
    FUZZ_CHECK(query.limit >= 1 && query.limit <= proxy::listed_files_max);
    FUZZ_CHECK(!query.wait || query.wait->count() >= 0);
}

/// The interest that is made of it matches what it asks for, and is found by its roots.
inline void check_interest(const proxy::FeedQuery& query) {
    const proxy::Interest interest(query.interest);
    const auto roots = interest.roots();
    for (const std::string& path : query.interest.paths)
        FUZZ_CHECK(interest.matches(path));
    for (const std::string& prefix : query.interest.prefixes)
        FUZZ_CHECK(interest.matches(prefix + 'x'));
    for (const std::string& path : query.interest.paths) {
        const bool matches_beyond =
            interest.prefixes().contains_prefix_of(path) ||
            std::ranges::any_of(query.interest.globs, [&](const Glob& glob) {
                return glob.matches(path);
            });
        const bool has_root = std::ranges::any_of(roots, [&](const std::string& root) {
            return path.starts_with(root);
        });
        FUZZ_CHECK(has_root || !matches_beyond);
    }
    for (std::size_t i = 1; i < roots.size(); ++i)
        FUZZ_CHECK(roots[i - 1] < roots[i] && !roots[i].starts_with(roots[i - 1]));
}

}  // namespace treecast::fuzz
