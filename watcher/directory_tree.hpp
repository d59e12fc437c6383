// The directories of the tree, and the names by which they are reached. No I/O.
//
// A *real* directory is identified by its path without links. Only real directories have a watch.
// An *alias* is a path that reaches a real directory through a link: the link itself, or a
// directory below it. A real directory is *shown* if its own path is served. A hidden one is kept
// only while a link leads through it. Shown real directories and aliases are the *names*: the paths
// that the receiver knows. So an event of one watch concerns every name of the real directories
// that have this watch.
//
// When a directory is forgotten, its entries in watches, scans and health are forgotten too.
#pragma once

#include "watcher/directory_health.hpp"
#include "watcher/directory_id.hpp"
#include "watcher/scan_queue.hpp"
#include "watcher/watch_map.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace treecast::watcher {

class DirectoryTree {
public:
    /// The three must outlive the tree.
    DirectoryTree(WatchMap& watches, ScanQueue& scans, DirectoryHealth& health);
    DirectoryTree(const DirectoryTree&) = delete;
    DirectoryTree& operator=(const DirectoryTree&) = delete;

    // --- Looking up.
    /// The real directory or alias called `name`; no_directory if there is none.
    DirectoryId child(DirectoryId parent, std::string_view name) const;
    /// The same for a path from the root ("" is the root).
    DirectoryId at_path(std::string_view path) const;
    std::string path(DirectoryId id) const;
    const std::string& name(DirectoryId id) const { return at(id).name; }
    DirectoryId parent(DirectoryId id) const { return at(id).parent; }
    /// The real directory that an alias leads to. For a real directory, `id` itself.
    DirectoryId real(DirectoryId id) const { return is_alias(id) ? at(id).real : id; }
    bool is_alias(DirectoryId id) const { return at(id).real != no_directory; }
    bool is_shown(DirectoryId id) const { return at(id).shown; }
    /// Whether a real directory has left its place. It is kept while an alias leads to it.
    bool is_dead(DirectoryId id) const { return at(id).dead; }
    /// Changes when the directory is forgotten. So it distinguishes a directory from a later one
    /// that reuses its number.
    std::uint32_t generation(DirectoryId id) const { return at(id).generation; }
    /// All names by which `real` is served.
    std::vector<DirectoryId> names_of(DirectoryId real) const;
    std::vector<DirectoryId> children(DirectoryId id) const;
    /// Whether `id`, or a directory above it on its path, is `real` or an alias of it.
    bool leads_through(DirectoryId id, DirectoryId real) const;
    std::size_t size() const noexcept { return directories_.size() - free_.size(); }

    // --- Adding.
    /// Finds or adds a child of the real directory `parent`. `shown` also shows one that was
    /// hidden; only hide() hides it again. Throws std::logic_error if the name is an alias: forget
    /// its link first.
    DirectoryId add_real(DirectoryId parent, std::string_view name, bool shown);
    /// Finds or adds. Throws std::logic_error if the name is another directory: remove that one
    /// first.
    DirectoryId add_alias(DirectoryId parent, std::string_view name, DirectoryId real);
    /// Keeps `real`, though hidden, because a link leads through it. Each pin needs its own unpin.
    void pin(DirectoryId real) { ++at(real).pins; }
    void unpin(DirectoryId real);

    // --- Removing. Each also removes what lies below.
    /// Removes a real directory that has left its place. Aliases that lead to it stay.
    void remove_real(DirectoryId id);
    void remove_alias(DirectoryId id);
    /// Stops serving the path of a real directory. It stays while links lead through it.
    void hide(DirectoryId id);
    /// Returns, and clears, the pinned real directories that lost their last name: links in them
    /// are no longer served. May list one twice, or one that has a name again.
    std::vector<DirectoryId> take_unnamed() { return std::exchange(unnamed_, {}); }

    // --- Results of the last scan of a directory.
    void set_listed_files(DirectoryId id, std::uint32_t count);
    /// Records that the listing with this number contains the child.
    void mark_listed(DirectoryId id, std::uint32_t listing) { at(id).listing = listing; }
    bool was_listed(DirectoryId id, std::uint32_t listing) const {
        return at(id).listing == listing;
    }
    std::size_t alias_count() const noexcept { return alias_count_; }
    /// The number of files that were listed in aliases.
    std::size_t alias_file_count() const noexcept { return alias_file_count_; }

private:
    struct Directory {
        std::string name;
        DirectoryId parent = no_directory;
        DirectoryId first_child = no_directory;
        DirectoryId next_sibling = no_directory;
        DirectoryId previous_sibling = no_directory;
        DirectoryId real = no_directory;  // only an alias has one
        DirectoryId first_alias = no_directory;
        DirectoryId next_alias = no_directory;
        DirectoryId previous_alias = no_directory;
        std::uint32_t pins = 0;
        std::uint32_t listed_files = 0;
        std::uint32_t listing = 0;
        std::uint32_t generation = 0;
        bool shown = false;
        bool dead = false;
    };
    struct ChildKey {
        DirectoryId parent;
        std::string_view name;  // points into the Directory, which the deque never moves
        friend bool operator==(const ChildKey&, const ChildKey&) = default;
    };
    struct ChildKeyHash {
        std::size_t operator()(const ChildKey& key) const noexcept {
            return std::hash<std::string_view>{}(key.name) ^
                   (std::size_t{key.parent} * 0x9E3779B97F4A7C15U);
        }
    };

    Directory& at(DirectoryId id) { return directories_[id]; }
    const Directory& at(DirectoryId id) const { return directories_[id]; }
    DirectoryId allocate(DirectoryId parent, std::string_view name);
    void recycle(DirectoryId id);
    void link_to_parent(DirectoryId id, DirectoryId parent);
    void unlink_from_parent(DirectoryId id);
    void link_to_real(DirectoryId alias, DirectoryId real);
    void unlink_from_real(DirectoryId alias);
    /// Forgets the real directory if nothing needs it any more, then likewise those above it.
    void release_unneeded(DirectoryId real);
    void note_unnamed(DirectoryId real);

    WatchMap& watches_;
    ScanQueue& scans_;
    DirectoryHealth& health_;
    std::deque<Directory> directories_;
    std::vector<DirectoryId> free_;
    std::unordered_map<ChildKey, DirectoryId, ChildKeyHash> children_;
    std::vector<DirectoryId> unnamed_;
    std::size_t alias_count_ = 0;
    std::size_t alias_file_count_ = 0;
};

}  // namespace treecast::watcher
