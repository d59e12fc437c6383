// The directories of the tree: which are watched, by which names they are reached, and which are
// due to be read. PURE.
//
// A *real* directory is one by its path without links; it alone has a watch. An *alias* is a
// directory reached through a link, or a directory below one: it leads to a real directory. A real
// directory is *shown* if its own path is served; one that is hidden is here only because a link
// leads through it. Shown real directories and aliases are the *names*: the paths that the receiver
// knows. So an event of one watch concerns every name of the real directories that have it.
//
// One watch can belong to several real directories: a directory bind-mounted twice, or moved and
// found by a scan at its new place before the event of its leaving the old one has been read.
//
// Ids are reused once a directory is forgotten; keep none across a call that removes.
#pragma once

#include "watcher/inotify_event.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace treecast::watcher {

using DirectoryId = std::uint32_t;
inline constexpr DirectoryId no_directory = ~DirectoryId{0};
inline constexpr DirectoryId root_directory = 0;

class WatchTable {
public:
    WatchTable();

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
    /// Changes when the id is given to another directory, or to none.
    std::uint32_t life(DirectoryId id) const { return at(id).life; }
    /// All paths by which `real` is served.
    std::vector<DirectoryId> names_of(DirectoryId real) const;
    std::vector<DirectoryId> children(DirectoryId id) const;
    bool has_children(DirectoryId id) const { return at(id).first_child != no_directory; }
    /// Whether `id` or a directory above it, by the names of its path, leads to `real`.
    bool leads_through(DirectoryId id, DirectoryId real) const;
    std::size_t size() const noexcept { return directories_.size() - free_.size(); }
    std::size_t alias_count() const noexcept { return alias_count_; }

    // --- Adding.
    /// Finds or adds; `parent` is real. Showing one that was hidden is possible, the reverse is
    /// `hide`.
    DirectoryId add_real(DirectoryId parent, std::string_view name, bool shown);
    DirectoryId add_alias(DirectoryId parent, std::string_view name, DirectoryId real);
    /// A link leads through `real`: it stays though hidden, until unpinned as often.
    void pin(DirectoryId real) { ++at(real).pins; }
    void unpin(DirectoryId real);

    // --- Removing. What lies below goes with it; watches that nobody has any more are retired.
    /// A real directory that is no longer at its place. Aliases that lead to it stay.
    void remove_real(DirectoryId id);
    void remove_alias(DirectoryId id);
    /// Its path is no longer served; it stays as long as links lead through it.
    void hide(DirectoryId id);

    // --- Watches of real directories.
    WatchDescriptor watch(DirectoryId real) const { return at(real).watch; }
    void set_watch(DirectoryId real, WatchDescriptor watch);
    std::vector<DirectoryId> directories_of(WatchDescriptor watch) const;
    bool has_watch(WatchDescriptor watch) const { return watches_.contains(watch); }
    std::size_t watch_count() const noexcept { return watches_.size(); }
    /// Real directories that a link is in or leads through and that lost their last name: links
    /// in them are served no more. May name some twice, or that have got a name again.
    std::vector<DirectoryId> take_unnamed() { return std::exchange(unnamed_, {}); }
    /// A watch that no directory has any more and that is to be removed.
    std::optional<WatchDescriptor> take_retired();
    bool has_retired() const noexcept { return !retired_.empty(); }

    // --- What is known about a directory.
    std::uint64_t device(DirectoryId real) const { return at(real).device; }  // 0: not read yet
    void set_device(DirectoryId real, std::uint64_t device) { at(real).device = device; }
    /// Accepts whatever devices the directories below are found on next.
    void forget_devices_below(DirectoryId real);
    /// The watch was asked for since the last `distrust_watches`, so that no event is missing.
    bool is_trusted(DirectoryId real) const { return at(real).trusted == trust_; }
    void trust(DirectoryId real) { at(real).trusted = trust_; }
    void distrust_watches() { ++trust_; }
    /// Its watch is to tell of opens and closes of its files.
    bool tells_opens(DirectoryId real) const { return at(real).tells_opens; }
    void set_tells_opens(DirectoryId real) { at(real).tells_opens = true; }
    /// An errno: why it could not be read to its end; 0 for none.
    int error(DirectoryId real) const { return at(real).error; }
    void set_error(DirectoryId real, int error);
    /// It was read by a predecessor: as long as it cannot be read it counts as lost.
    void expect_readable(DirectoryId real);
    /// It was read before, by us or by a predecessor.
    bool is_expected(DirectoryId real) const { return at(real).device != 0 || at(real).expected; }
    /// Directories that cannot be read now, but could be before or for lack of no permission.
    const std::set<DirectoryId>& lost() const noexcept { return lost_; }
    std::size_t lost_count() const noexcept { return lost_.size(); }
    bool is_lost(DirectoryId real) const { return lost_.contains(real); }
    bool is_unwatched(DirectoryId real) const { return at(real).unwatched; }
    void set_unwatched(DirectoryId real, bool unwatched);
    std::size_t unwatched_count() const noexcept { return unwatched_count_; }
    /// Real directories with an error or without a watch.
    std::vector<DirectoryId> troubled() const;
    bool has_trouble() const noexcept { return error_count_ + unwatched_count_ != 0; }
    /// Files named by the last listing, where they count: in aliases.
    std::uint32_t listed_files(DirectoryId id) const { return at(id).listed_files; }
    void set_listed_files(DirectoryId id, std::uint32_t count);
    std::size_t alias_file_count() const noexcept { return alias_file_count_; }
    /// Marks a child as named by the listing under way.
    void mark_listed(DirectoryId id, std::uint32_t listing) { at(id).listing = listing; }
    bool was_listed(DirectoryId id, std::uint32_t listing) const {
        return at(id).listing == listing;
    }

    // --- Names that are due to be read, in the order they were queued, each at most once; those
    // that held very many files come after all others, which would have to wait for them long.
    /// `deep`: and all that lies below is, too.
    void queue(DirectoryId id, bool deep);
    struct Due {
        DirectoryId id = no_directory;
        bool deep = false;
    };
    std::optional<Due> take_due() {
        const auto due = take_due(due_);
        return due ? due : take_due(due_large_);
    }
    static constexpr std::uint32_t large_files_min = 4096;
    bool is_queued(DirectoryId id) const { return at(id).ticket != 0; }
    bool has_due() const noexcept { return due_count_ != 0; }

private:
    struct Directory {
        std::string name;
        std::uint64_t device = 0;
        DirectoryId parent = no_directory;
        DirectoryId first_child = no_directory;
        DirectoryId next_sibling = no_directory;
        DirectoryId previous_sibling = no_directory;
        DirectoryId real = no_directory;  // of an alias
        DirectoryId first_alias = no_directory;
        DirectoryId next_alias = no_directory;
        DirectoryId previous_alias = no_directory;
        DirectoryId next_same_watch = no_directory;
        WatchDescriptor watch = no_watch;
        std::uint32_t pins = 0;
        std::uint32_t listed_files = 0;
        std::uint32_t listing = 0;
        std::uint32_t ticket = 0;  // of its place in the queue; 0: not queued
        std::uint32_t trusted = 0;
        std::uint32_t life = 0;
        std::int16_t error = 0;
        bool expected = false;
        bool unwatched = false;
        bool tells_opens = false;
        bool deep = false;
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
    struct Ticket {
        DirectoryId id;
        std::uint32_t number;
    };

    Directory& at(DirectoryId id) { return directories_[id]; }
    const Directory& at(DirectoryId id) const { return directories_[id]; }
    DirectoryId allocate(DirectoryId parent, std::string_view name);
    void unlink_from_parent(DirectoryId id);
    void leave_queue(Directory& directory);
    std::optional<Due> take_due(std::deque<Ticket>& due);
    /// Forgets a real directory, and those above it, that nothing needs any more.
    void release_unneeded(DirectoryId real);
    void recycle(DirectoryId id);
    void note_unnamed(DirectoryId real);

    std::deque<Directory> directories_;
    std::vector<DirectoryId> free_;
    std::unordered_map<ChildKey, DirectoryId, ChildKeyHash> children_;
    std::unordered_map<WatchDescriptor, DirectoryId> watches_;
    std::vector<WatchDescriptor> retired_;
    std::deque<Ticket> due_;
    std::deque<Ticket> due_large_;
    std::size_t due_count_ = 0;
    std::uint32_t last_ticket_ = 0;
    std::size_t alias_count_ = 0;
    std::size_t alias_file_count_ = 0;
    std::vector<DirectoryId> unnamed_;
    std::uint32_t trust_ = 1;
    std::size_t error_count_ = 0;
    std::set<DirectoryId> lost_;
    std::size_t unwatched_count_ = 0;
};

}  // namespace treecast::watcher
