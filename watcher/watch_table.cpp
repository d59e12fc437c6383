#include "watcher/watch_table.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace treecast::watcher {

WatchTable::WatchTable() {
    (void)allocate(no_directory, "");
    at(root_directory).shown = true;
}

DirectoryId WatchTable::child(DirectoryId parent, std::string_view name) const {
    const auto found = children_.find({parent, name});
    return found == children_.end() ? no_directory : found->second;
}

DirectoryId WatchTable::at_path(std::string_view path) const {
    DirectoryId id = root_directory;
    while (!path.empty() && id != no_directory) {
        const auto slash = path.find('/');
        id = child(id, path.substr(0, slash));
        path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
    }
    return id;
}

std::string WatchTable::path(DirectoryId id) const {
    std::size_t size = 0;
    for (DirectoryId i = id; at(i).parent != no_directory; i = at(i).parent)
        size += at(i).name.size() + 1;
    if (size == 0)
        return {};
    std::string path(--size, '/');
    for (DirectoryId i = id; at(i).parent != no_directory; i = at(i).parent) {
        const std::string& name = at(i).name;
        size -= name.size();
        std::copy(name.begin(), name.end(), path.begin() + static_cast<std::ptrdiff_t>(size));
        if (size != 0)
            --size;
    }
    return path;
}

std::vector<DirectoryId> WatchTable::names_of(DirectoryId real) const {
    std::vector<DirectoryId> names;
    if (at(real).shown)
        names.push_back(real);
    for (DirectoryId i = at(real).first_alias; i != no_directory; i = at(i).next_alias)
        names.push_back(i);
    return names;
}

std::vector<DirectoryId> WatchTable::children(DirectoryId id) const {
    std::vector<DirectoryId> all;
    for (DirectoryId i = at(id).first_child; i != no_directory; i = at(i).next_sibling)
        all.push_back(i);
    return all;
}

bool WatchTable::leads_through(DirectoryId id, DirectoryId real) const {
    for (DirectoryId i = id; i != no_directory; i = at(i).parent) {
        if (this->real(i) == real)
            return true;
    }
    return false;
}

DirectoryId WatchTable::add_real(DirectoryId parent, std::string_view name, bool shown) {
    DirectoryId id = child(parent, name);
    if (id == no_directory)
        id = allocate(parent, name);
    at(id).shown = at(id).shown || shown;
    return id;
}

DirectoryId WatchTable::add_alias(DirectoryId parent, std::string_view name, DirectoryId real) {
    const DirectoryId id = allocate(parent, name);
    Directory& alias = at(id);
    alias.real = real;
    alias.shown = true;
    alias.next_alias = at(real).first_alias;
    if (alias.next_alias != no_directory)
        at(alias.next_alias).previous_alias = id;
    at(real).first_alias = id;
    ++alias_count_;
    return id;
}

void WatchTable::unpin(DirectoryId real) {
    --at(real).pins;
    release_unneeded(real);
}

void WatchTable::remove_real(DirectoryId id) {
    // Removing an alias can release hidden directories: this one not while it is pinned here, and
    // a list of the children would be out of date.
    pin(id);
    while (at(id).first_child != no_directory) {
        const DirectoryId below = at(id).first_child;
        if (is_alias(below))
            remove_alias(below);
        else
            remove_real(below);
    }
    set_watch(id, no_watch);
    set_error(id, 0);
    set_unwatched(id, false);
    unlink_from_parent(id);
    leave_queue(at(id));
    at(id).shown = false;
    at(id).dead = true;
    note_unnamed(id);
    unpin(id);
}

void WatchTable::remove_alias(DirectoryId id) {
    for (const DirectoryId below : children(id))
        remove_alias(below);
    const DirectoryId real = at(id).real;
    Directory& alias = at(id);
    if (alias.previous_alias != no_directory)
        at(alias.previous_alias).next_alias = alias.next_alias;
    else
        at(real).first_alias = alias.next_alias;
    if (alias.next_alias != no_directory)
        at(alias.next_alias).previous_alias = alias.previous_alias;
    set_listed_files(id, 0);
    --alias_count_;
    unlink_from_parent(id);
    leave_queue(alias);
    recycle(id);
    note_unnamed(real);
    release_unneeded(real);
}

void WatchTable::hide(DirectoryId id) {
    at(id).shown = false;
    leave_queue(at(id));
    pin(id);  // see remove_real; a child that was released meanwhile is not shown
    for (const DirectoryId below : children(id)) {
        if (is_alias(below))
            remove_alias(below);
        else if (at(below).shown)
            hide(below);
    }
    note_unnamed(id);
    unpin(id);
}

void WatchTable::set_watch(DirectoryId real, WatchDescriptor watch) {
    const WatchDescriptor old = at(real).watch;
    if (old == watch)
        return;
    if (old != no_watch) {
        const auto place = watches_.find(old);
        DirectoryId* link = &place->second;
        while (*link != real)
            link = &at(*link).next_same_watch;
        *link = at(real).next_same_watch;
        if (place->second == no_directory) {
            watches_.erase(place);
            retired_.push_back(old);
        }
    }
    at(real).watch = watch;
    at(real).next_same_watch = no_directory;
    if (watch != no_watch) {
        const auto [place, is_new] = watches_.try_emplace(watch, real);
        if (!is_new)
            at(real).next_same_watch = std::exchange(place->second, real);
    }
}

std::vector<DirectoryId> WatchTable::directories_of(WatchDescriptor watch) const {
    std::vector<DirectoryId> all;
    const auto found = watches_.find(watch);
    DirectoryId id = found == watches_.end() ? no_directory : found->second;
    for (; id != no_directory; id = at(id).next_same_watch)
        all.push_back(id);
    return all;
}

std::optional<WatchDescriptor> WatchTable::take_retired() {
    while (!retired_.empty()) {
        const WatchDescriptor watch = retired_.back();
        retired_.pop_back();
        // A directory that was moved has been found at its new place meanwhile.
        if (!watches_.contains(watch))
            return watch;
    }
    return std::nullopt;
}

void WatchTable::forget_devices_below(DirectoryId real) {
    for (DirectoryId i = at(real).first_child; i != no_directory; i = at(i).next_sibling) {
        if (at(i).device == 0 || is_alias(i))
            continue;
        at(i).device = 0;
        forget_devices_below(i);
    }
}

void WatchTable::set_error(DirectoryId real, int error) {
    Directory& directory = at(real);
    if (directory.error != 0)
        --error_count_;
    // One that was never readable holds nothing that anybody knew; but if it is not permission that
    // is lacking, it may come to hold something at any time. One that is empty was read.
    const bool is_harmless = error == EACCES || error == EPERM || error == ENODATA;
    if (error != 0 && (is_expected(real) || !is_harmless))
        lost_.insert(real);
    else
        lost_.erase(real);
    directory.error = static_cast<std::int16_t>(error);
    if (directory.error != 0)
        ++error_count_;
}

void WatchTable::expect_readable(DirectoryId real) {
    at(real).expected = true;
    set_error(real, at(real).error);
}

void WatchTable::set_unwatched(DirectoryId real, bool unwatched) {
    if (std::exchange(at(real).unwatched, unwatched))
        --unwatched_count_;
    if (unwatched)
        ++unwatched_count_;
}

std::vector<DirectoryId> WatchTable::troubled() const {
    std::vector<DirectoryId> all;
    if (!has_trouble())
        return all;
    for (std::size_t i = 0; i < directories_.size(); ++i) {
        if (directories_[i].error != 0 || directories_[i].unwatched)
            all.push_back(static_cast<DirectoryId>(i));
    }
    return all;
}

void WatchTable::set_listed_files(DirectoryId id, std::uint32_t count) {
    if (is_alias(id))
        alias_file_count_ = alias_file_count_ - at(id).listed_files + count;
    at(id).listed_files = count;
}

void WatchTable::queue(DirectoryId id, bool deep) {
    Directory& directory = at(id);
    directory.deep = directory.deep || deep;
    if (directory.ticket != 0)
        return;
    if (++last_ticket_ == 0)
        ++last_ticket_;
    directory.ticket = last_ticket_;
    (directory.listed_files < large_files_min ? due_ : due_large_).push_back({id, last_ticket_});
    ++due_count_;
}

std::optional<WatchTable::Due> WatchTable::take_due(std::deque<Ticket>& due) {
    while (!due.empty()) {
        const Ticket ticket = due.front();
        due.pop_front();
        // Removed meanwhile, and perhaps queued anew under the same id.
        if (at(ticket.id).ticket != ticket.number)
            continue;
        const bool deep = at(ticket.id).deep;
        leave_queue(at(ticket.id));
        return Due{.id = ticket.id, .deep = deep};
    }
    return std::nullopt;
}

DirectoryId WatchTable::allocate(DirectoryId parent, std::string_view name) {
    DirectoryId id = no_directory;
    if (free_.empty()) {
        id = static_cast<DirectoryId>(directories_.size());
        directories_.emplace_back();
    } else {
        id = free_.back();
        free_.pop_back();
    }
    Directory& directory = at(id);
    directory.name = name;
    directory.parent = parent;
    if (parent == no_directory)
        return id;
    directory.next_sibling = at(parent).first_child;
    if (directory.next_sibling != no_directory)
        at(directory.next_sibling).previous_sibling = id;
    at(parent).first_child = id;
    children_.emplace(ChildKey{parent, directory.name}, id);
    return id;
}

void WatchTable::unlink_from_parent(DirectoryId id) {
    Directory& directory = at(id);
    children_.erase({directory.parent, directory.name});
    if (directory.previous_sibling != no_directory)
        at(directory.previous_sibling).next_sibling = directory.next_sibling;
    else
        at(directory.parent).first_child = directory.next_sibling;
    if (directory.next_sibling != no_directory)
        at(directory.next_sibling).previous_sibling = directory.previous_sibling;
    directory.parent = no_directory;
    directory.next_sibling = no_directory;
    directory.previous_sibling = no_directory;
}

void WatchTable::leave_queue(Directory& directory) {
    if (directory.ticket != 0)
        --due_count_;
    directory.ticket = 0;
    directory.deep = false;
}

void WatchTable::release_unneeded(DirectoryId real) {
    while (real != root_directory && real != no_directory) {
        const Directory& directory = at(real);
        if (directory.shown || directory.pins != 0 || directory.first_alias != no_directory ||
            directory.first_child != no_directory)
            return;
        const DirectoryId above = directory.parent;
        set_watch(real, no_watch);
        set_error(real, 0);
        set_unwatched(real, false);
        if (above != no_directory)
            unlink_from_parent(real);
        recycle(real);
        real = above;
    }
}

void WatchTable::note_unnamed(DirectoryId real) {
    const Directory& directory = at(real);
    if (!directory.shown && directory.first_alias == no_directory && directory.pins != 0)
        unnamed_.push_back(real);
}

void WatchTable::recycle(DirectoryId id) {
    const std::uint32_t life = at(id).life + 1;
    at(id) = Directory{};
    at(id).life = life;
    free_.push_back(id);
}

}  // namespace treecast::watcher
