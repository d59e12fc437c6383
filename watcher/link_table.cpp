#include "watcher/link_table.hpp"

#include <algorithm>
#include <utility>

namespace treecast::watcher {

namespace {

bool contains(const std::vector<NamePlace>& places, const NamePlace& place) {
    return std::find(places.begin(), places.end(), place) != places.end();
}

}  // namespace

const Link* LinkTable::find(const NamePlace& place) const {
    const auto found = links_.find(place);
    return found == links_.end() ? nullptr : &found->second;
}

void LinkTable::set(const NamePlace& place, Link link) {
    const auto [found, is_new] = links_.try_emplace(place);
    if (is_new)
        names_[place.directory].insert(place.name);
    if (found->second.kind == LinkKind::file)
        --file_count_;
    if (link.kind == LinkKind::file)
        ++file_count_;
    // Only the differences are applied, since thousands of links may depend on one name that is
    // swapped, and most keep that dependency.
    const auto old = std::exchange(found->second, std::move(link)).dependencies;
    const auto& now = found->second.dependencies;
    for (const NamePlace& dependency : old) {
        if (!contains(now, dependency))
            forget_dependency(place, dependency);
    }
    for (const NamePlace& dependency : now) {
        if (!contains(old, dependency))
            dependents_[dependency].insert(place);
    }
}

void LinkTable::erase(const NamePlace& place) {
    const auto found = links_.find(place);
    if (found == links_.end())
        return;
    if (found->second.kind == LinkKind::file)
        --file_count_;
    for (const NamePlace& dependency : found->second.dependencies)
        forget_dependency(place, dependency);
    links_.erase(found);
    const auto names = names_.find(place.directory);
    names->second.erase(place.name);
    if (names->second.empty())
        names_.erase(names);
}

std::vector<NamePlace> LinkTable::dependents(const NamePlace& name) const {
    const auto found = dependents_.find(name);
    if (found == dependents_.end())
        return {};
    return {found->second.begin(), found->second.end()};
}

std::vector<NamePlace> LinkTable::dependents_in(DirectoryId directory) const {
    std::vector<NamePlace> places;
    for (const auto& [name, dependents] : dependents_) {
        if (name.directory == directory)
            places.insert(places.end(), dependents.begin(), dependents.end());
    }
    return places;
}

std::vector<NamePlace> LinkTable::links_in(DirectoryId directory) const {
    std::vector<NamePlace> places;
    if (const auto found = names_.find(directory); found != names_.end()) {
        for (const std::string& name : found->second)
            places.push_back({directory, name});
    }
    return places;
}

void LinkTable::forget_dependency(const NamePlace& place, const NamePlace& dependency) {
    const auto found = dependents_.find(dependency);
    if (found == dependents_.end())
        return;
    found->second.erase(place);
    if (found->second.empty())
        dependents_.erase(found);
}

}  // namespace treecast::watcher
