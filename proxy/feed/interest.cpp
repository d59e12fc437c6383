#include "proxy/feed/interest.hpp"

#include <boost/container_hash/hash.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace treecast::proxy {

namespace {

std::vector<Glob> sorted(std::vector<Glob> globs) {
    std::ranges::sort(globs, std::less(), &Glob::text);
    globs.erase(std::unique(globs.begin(), globs.end()), globs.end());
    return globs;
}

}  // namespace

Interest::Interest(InterestLists lists)
    : paths_(std::move(lists.paths)),
      prefixes_(std::move(lists.prefixes)),
      globs_(sorted(std::move(lists.globs))) {
    if (paths_.empty() && prefixes_.empty() && globs_.empty())
        prefixes_ = TextSet({""});
    boost::hash_combine(hash_, paths_.block());
    boost::hash_combine(hash_, prefixes_.block());
    for (const Glob& glob : globs_)
        boost::hash_combine(hash_, glob.text());
}

bool Interest::matches(std::string_view path) const noexcept {
    return paths_.contains(path) || prefixes_.contains_prefix_of(path) ||
           std::ranges::any_of(globs_, [path](const Glob& glob) {
               return glob.matches(path);
           });
}

std::vector<std::string> Interest::roots() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < prefixes_.size(); ++i)
        all.emplace_back(prefixes_[i]);
    for (const Glob& glob : globs_)
        all.emplace_back(glob.literal_prefix());
    return without_extensions(std::move(all));
}

std::vector<std::string> without_extensions(std::vector<std::string> texts) {
    std::ranges::sort(texts);
    std::vector<std::string> kept;
    for (std::string& text : texts)
        if (kept.empty() || !text.starts_with(kept.back()))
            kept.push_back(std::move(text));
    return kept;
}

std::size_t Interest::memory() const noexcept {
    constexpr std::size_t of_path = 64;   // a node of a set
    constexpr std::size_t of_root = 256;  // a node of a map with its key and a vector
    std::size_t bytes = paths_.block().size() + prefixes_.block().size();
    for (const Glob& glob : globs_)
        bytes += sizeof(Glob) + 2 * glob.text().size();
    return bytes + of_path * paths_.size() + of_root * (prefixes_.size() + globs_.size());
}

bool operator==(const Interest& left, const Interest& right) noexcept {
    return left.hash_ == right.hash_ && left.paths_ == right.paths_ &&
           left.prefixes_ == right.prefixes_ &&
           std::ranges::equal(left.globs_, right.globs_, {}, &Glob::text, &Glob::text);
}

}  // namespace treecast::proxy
