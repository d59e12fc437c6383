// The links of the tree: where each leads, and the names that its resolution depends on. No I/O. A
// link is identified by its place: a real directory and a name in it.
//
// A link depends on every name that its resolution looked up, itself first, whether found or
// missing. A change of any of these names may lead the link elsewhere.
#pragma once

#include "watcher/directory_id.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace treecast::watcher {

struct NamePlace {
    DirectoryId directory = no_directory;  // real
    std::string name;

    friend bool operator==(const NamePlace&, const NamePlace&) = default;
};

struct NamePlaceHash {
    std::size_t operator()(const NamePlace& place) const noexcept {
        return std::hash<std::string>{}(place.name) ^
               (std::size_t{place.directory} * 0x9E3779B97F4A7C15U);
    }
};

using NamePlaces = std::unordered_set<NamePlace, NamePlaceHash>;

enum class LinkKind : std::uint8_t {
    nothing,    // it leads to neither file nor directory, or it is part of a cycle
    file,       // it leads to the file that is its last dependency
    directory,  // it leads to `target`
    refused,    // it leads out of the root, or through too many links
};

struct Link {
    LinkKind kind = LinkKind::nothing;
    DirectoryId target = no_directory;
    std::vector<NamePlace> dependencies;  // each name once

    friend bool operator==(const Link&, const Link&) = default;
};

class LinkTable {
public:
    const Link* find(const NamePlace& place) const;
    /// Adds or replaces a link. `place` must not be a reference into this table.
    void set(const NamePlace& place, Link link);
    void erase(const NamePlace& place);

    bool empty() const noexcept { return links_.empty(); }
    std::size_t file_count() const noexcept { return file_count_; }
    /// The places of the links that depend on `name`.
    std::vector<NamePlace> dependents(const NamePlace& name) const;
    /// The places of the links that depend on any name in `directory`; slow.
    std::vector<NamePlace> dependents_in(DirectoryId directory) const;
    /// The places of the links that lie in `directory`.
    std::vector<NamePlace> links_in(DirectoryId directory) const;

private:
    void forget_dependency(const NamePlace& place, const NamePlace& dependency);

    std::unordered_map<NamePlace, Link, NamePlaceHash> links_;
    // Sets, since a hundred thousand links may lead through one name.
    std::unordered_map<NamePlace, NamePlaces, NamePlaceHash> dependents_;
    std::unordered_map<DirectoryId, std::unordered_set<std::string>> names_;
    std::size_t file_count_ = 0;
};

}  // namespace treecast::watcher
