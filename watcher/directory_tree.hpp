// The directories of the tree, and the names by which they are reached. PURE.
//
// A *real* directory is one by its path without links; it alone has a watch. An *alias* is a
// directory reached through a link, or a directory below one: it leads to a real directory. A real
// directory is *shown* if its own path is served; one that is hidden is here only because a link
// leads through it. Shown real directories and aliases are the *names*: the paths that the receiver
// knows. So an event of one watch concerns every name of the real directories that have it.
//
// A directory that ends takes with it what watches, scans and health keep of it.
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
    /// All outlive the tree.
    DirectoryTree(WatchMap& watches, ScanQueue& scans, DirectoryHealth& health);
    DirectoryTree(const DirectoryTree&) = delete;
    DirectoryTree& operator=(const DirectoryTree&) = delete;

    // --- Looking up.
    /// The real directory or alias of that name, or no_directory.
    DirectoryId child(DirectoryId parent, std::string_view name) const;
    /// The same for a path from the root ("" is the root).
    DirectoryId at_path(std::string_view path) const;
    std::string path(DirectoryId id) const;
    const std::string& name(DirectoryId id) const { return at(id).name; }
    DirectoryId parent(DirectoryId id) const { return at(id).parent; }
    /// What an alias leads to; a real directory itself.
    DirectoryId real(DirectoryId id) const { return is_alias(id) ? at(id).real : id; }
    bool is_alias(DirectoryId id) const { return at(id).real != no_directory; }
    bool is_shown(DirectoryId id) const { return at(id).shown; }
    /// A real directory that is no longer at its place, kept while an alias still leads to it.
    bool is_dead(DirectoryId id) const { return at(id).dead; }
    /// Changes when the number is given to another directory, or to none.
    std::uint32_t generation(DirectoryId id) const { return at(id).generation; }
    /// All names by which `real` is served.
    std::vector<DirectoryId> names_of(DirectoryId real) const;
    std::vector<DirectoryId> children(DirectoryId id) const;
    /// Whether `id` or a directory above it, by the names of its path, leads to `real`.
    bool leads_through(DirectoryId id, DirectoryId real) const;
    std::size_t size() const noexcept { return directories_.size() - free_.size(); }

    // --- Adding.
    /// Finds or adds; `parent` is real. It shows one that was hidden; `hide` is the reverse. Throws
    /// std::logic_error if the name is an alias: its link has to be forgotten before.
    DirectoryId add_real(DirectoryId parent, std::string_view name, bool shown);
    /// Finds or adds. Throws std::logic_error if the name is another directory: that one has to be
    /// removed before.
    DirectoryId add_alias(DirectoryId parent, std::string_view name, DirectoryId real);
    /// A link leads through `real`: it stays though hidden, until it is unpinned as often.
    void pin(DirectoryId real) { ++at(real).pins; }
    void unpin(DirectoryId real);

    // --- Removing. What lies below goes with it.
    /// A real directory that is no longer at its place. Aliases that lead to it stay.
    void remove_real(DirectoryId id);
    void remove_alias(DirectoryId id);
    /// Its path is no longer served; it stays as long as links lead through it.
    void hide(DirectoryId id);
    /// Real directories that a link is in or leads through and that lost their last name: links
    /// in them are served no more. May name some twice, or some that have got a name again.
    std::vector<DirectoryId> take_unnamed() { return std::exchange(unnamed_, {}); }

    // --- What the last reading of a directory gave.
    void set_listed_files(DirectoryId id, std::uint32_t count);
    /// Marks a child as named by the listing under way.
    void mark_listed(DirectoryId id, std::uint32_t listing) { at(id).listing = listing; }
    bool was_listed(DirectoryId id, std::uint32_t listing) const {
        return at(id).listing == listing;
    }
    /// Aliases, and the files that were listed in them.
    std::size_t alias_count() const noexcept { return alias_count_; }
    std::size_t alias_file_count() const noexcept { return alias_file_count_; }

private:
    struct Directory {
        std::string name;
        DirectoryId parent = no_directory;
        DirectoryId first_child = no_directory;
        DirectoryId next_sibling = no_directory;
        DirectoryId previous_sibling = no_directory;
        DirectoryId real = no_directory;  // of an alias
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
        std::string_view name;  // of the Directory itself, which does not move
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
    /// Forgets a real directory, and those above it, that nothing needs any more.
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
