#include "ipc/catalog_walk.hpp"

#include "base/tree_path.hpp"

#include <treecast/limits.hpp>

#include <algorithm>

namespace treecast::ipc {

namespace {

std::uint64_t load(const Word* words, std::uint32_t index) noexcept {
    return words[index].load(std::memory_order_acquire);
}

/// An entry as a step on the way through a list of siblings. The list begins at the directory.
struct Step {
    const Word* words = nullptr;
    std::uint64_t identity = 0;
    bool is_directory = false;

    std::uint32_t next() const noexcept {
        return is_directory ? low_half(load(words, entry_family))
                            : high_half(load(words, entry_siblings));
    }
    /// Whether it is still the entry that it was. A slot's identity never returns to what it was.
    bool is_same() const noexcept { return load(words, entry_identity) == identity; }
};

/// Two steps for each slot that the object has room for, whatever the header says: one finds the
/// entry, one the end of the list of its own children. What free slots leave of them is for lists
/// that change while they are read, and are begun anew.
std::uint64_t steps_max(const CatalogLookup& lookup) noexcept {
    return 2 * std::min<std::uint64_t>(lookup.slots(), lookup.readable_bytes() / 8 / entry_words);
}

}  // namespace

void walk_slots(
    const CatalogLookup& lookup,
    std::uint32_t after_slot,
    const std::function<bool(FileId, const Record&)>& visit
) {
    const std::uint32_t slots = lookup.slots();
    if (after_slot >= slots)
        return;
    for (std::uint32_t slot = after_slot + 1; slot < slots; ++slot) {
        // Skip a missing chunk as a whole: a damaged header may count many of them.
        if (slot % chunk_slots == 0 && !lookup.slot(slot))
            slot += chunk_slots - 1;
        const auto entry = lookup.entry(slot);
        if (entry && entry->record.change_revision != 0 && !visit(entry->file, entry->record))
            return;
    }
}

CatalogWalk::CatalogWalk(const CatalogLookup& lookup, std::string_view prefix, const Visitor& visit)
    : lookup_(lookup),
      prefix_(prefix),
      visit_(visit),
      relinks_(lookup.header(HeaderWord::relinks)),
      steps_left_(steps_max(lookup)) {}

bool CatalogWalk::follow_links() {
    if (relinks_ % 2 != 0)
        return false;
    path_ = parent_of(prefix_);
    if (const auto directory = find_directory(); directory && !push_children(*directory))
        return false;
    while (!pending_.empty()) {
        const Pending next = pending_.back();
        pending_.pop_back();
        // All entries since that of its directory lie below that directory too. So the path still
        // begins with the directory's.
        path_.resize(next.directory_bytes);
        if (!path_.empty())
            path_ += '/';
        const auto entry = lookup_.read(next.file, path_);
        if (!entry || path_.size() >= path_bytes_max || !path_.starts_with(prefix_))
            continue;
        if (entry->record.change_revision != 0) {
            visited_.push_back(next.file.slot());
            if (!visit_(next.file, entry->record, path_))
                return true;
        }
        if (!push_children(next.file))
            return false;
    }
    return true;
}

/// The deepest directory that the prefix names, whose path is in `path_`.
std::optional<FileId> CatalogWalk::find_directory() const {
    const Word* root = lookup_.slot(root_slot);
    if (path_.empty() && root && !prefix_.starts_with('/'))
        return make_file_id(high_half(load(root, entry_identity)), root_slot);
    if (const auto found = lookup_.find(path_))
        return found->file;
    return std::nullopt;
}

/// A list that a successor makes anew meanwhile may lack entries, or lead to one twice. Nothing of
/// it may be visited.
bool CatalogWalk::push_children(FileId directory) {
    const std::size_t before = pending_.size();
    for (;;) {
        const Listing listing = list_children(directory);
        if (listing == Listing::impossible || lookup_.header(HeaderWord::relinks) != relinks_)
            return false;
        if (listing == Listing::complete)
            return true;
        pending_.resize(before);
    }
}

/// Goes hand over hand: a step to the next entry counts only if the link still names it after its
/// identity was loaded, and if the entry that holds the link is still the same after that.
///
/// Then nothing that stays is missed. The writer links new entries at the head, and unlinks an
/// entry before it frees the slot. So the entries that follow one in use get fewer and never more:
/// where both loads of a link name the same slot, it was the same entry in between. Only the head
/// may have been freed, made anew and linked again between the two loads. Its identity shows this
/// in the next step, which loads it again, at the end of the list too. docs/format-catalog.md says
/// more.
CatalogWalk::Listing CatalogWalk::list_children(FileId directory) {
    const auto directory_bytes = static_cast<std::uint32_t>(path_.size());
    Step from{.words = lookup_.slot(directory.slot()), .is_directory = true};
    if (!from.words)
        return Listing::impossible;
    from.identity = load(from.words, entry_identity);
    if (high_half(from.identity) != directory.generation())
        return Listing::complete;  // It was freed. So nothing that was below it stays.
    for (;;) {
        if (steps_left_ == 0)
            return Listing::impossible;
        --steps_left_;
        const std::uint32_t next = from.next();
        if (next == root_slot)
            return from.is_same() ? Listing::complete : Listing::disturbed;
        Step to{.words = lookup_.slot(next)};
        if (!to.words)
            return Listing::impossible;
        to.identity = load(to.words, entry_identity);
        const std::uint32_t parent = high_half(load(to.words, entry_family));
        if (from.next() != next || !from.is_same())
            return Listing::disturbed;
        // In a sound catalog only the head can be an entry of another parent or a free one. In a
        // damaged one this check keeps the walk to a tree.
        if (low_half(to.identity) == 0 || parent != directory.slot())
            return Listing::disturbed;
        pending_.push_back({make_file_id(high_half(to.identity), next), directory_bytes});
        from = to;
    }
}

void CatalogWalk::search_slots() {
    std::sort(visited_.begin(), visited_.end());
    auto visited = visited_.cbegin();
    walk_slots(lookup_, root_slot, [&](FileId file, const Record& record) {
        while (visited != visited_.cend() && *visited < file.slot())
            ++visited;
        if (visited != visited_.cend() && *visited == file.slot())
            return true;
        const auto path = lookup_.path(file);
        return !path || !path->starts_with(prefix_) || visit_(file, record, *path);
    });
}

}  // namespace treecast::ipc
