#include "proxy/source/made_contents.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace treecast::proxy {

// A content returns its room when it is destroyed, which takes the mutex. So entries leave the list
// under the mutex, and are destroyed after it is released.

MadeContents::~MadeContents() {
    remove_if([](std::string_view) {
        return true;
    });
}

std::optional<std::shared_ptr<const MadeContent>>
MadeContents::find(std::string_view key, const Version& state) {
    const std::lock_guard guard(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end() || found->second->state != state)
        return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->content;
}

void MadeContents::keep(
    std::string key,
    const Version& state,
    std::shared_ptr<const MadeContent> content
) {
    {
        Entries old;
        Entries added;
        added.push_back({std::move(key), state, std::move(content)});
        const std::lock_guard guard(mutex_);
        if (const auto found = by_key_.find(added.front().key); found != by_key_.end())
            old = take(found->second);
        entries_.splice(entries_.begin(), added);
        by_key_.emplace(entries_.front().key, entries_.begin());
        kept_.store(entries_.size(), std::memory_order_relaxed);
    }
    reserve(0, 0);  // evicts others if the entry itself is too much
}

template <class Matches>
void MadeContents::remove_matching(std::string_view key, const Matches& matches) {
    Entries old;
    const std::lock_guard guard(mutex_);
    const auto found = by_key_.find(key);
    if (found != by_key_.end() && matches(*found->second))
        old = take(found->second);
}

void MadeContents::remove_superseded(std::string_view key, const Version& state) {
    remove_matching(key, [&](const Entry& entry) {
        return entry.state != state;
    });
}

void MadeContents::remove(std::string_view key) {
    remove_matching(key, [](const Entry&) {
        return true;
    });
}

void MadeContents::remove_if(const std::function<bool(std::string_view key)>& matches) {
    Entries old;
    const std::lock_guard guard(mutex_);
    for (auto it = entries_.begin(); it != entries_.end();) {
        const auto entry = it++;
        if (matches(entry->key))
            old.splice(old.end(), take(entry));
    }
}

std::uint64_t MadeContents::bytes() const {
    const std::lock_guard guard(mutex_);
    return bytes_;
}

std::size_t MadeContents::count() const {
    const std::lock_guard guard(mutex_);
    return count_;
}

bool MadeContents::fits(std::uint64_t bytes, std::size_t descriptors) const noexcept {
    const std::uint64_t taken = bytes_ + entry_bytes * entries_.size();
    return taken <= bytes_max_ && bytes <= bytes_max_ - taken &&
           descriptors_ + descriptors <= descriptors_max;
}

bool MadeContents::reserve(std::uint64_t bytes, std::size_t descriptors) {
    for (;;) {
        Entries least;
        const std::lock_guard guard(mutex_);
        if (fits(bytes, descriptors)) {
            bytes_ += bytes;
            descriptors_ += descriptors;
            return true;
        }
        least = take_least_used();
        if (least.empty())
            return false;
    }
}

void MadeContents::release(std::uint64_t bytes, std::size_t descriptors) noexcept {
    const std::lock_guard guard(mutex_);
    bytes_ -= bytes;
    descriptors_ -= descriptors;
}

void MadeContents::begin() noexcept {
    const std::lock_guard guard(mutex_);
    ++count_;
}

void MadeContents::end() noexcept {
    const std::lock_guard guard(mutex_);
    --count_;
}

MadeContents::Entries MadeContents::take(Entries::iterator entry) {
    Entries taken;
    by_key_.erase(entry->key);
    taken.splice(taken.begin(), entries_, entry);
    kept_.store(entries_.size(), std::memory_order_relaxed);
    return taken;
}

/// Only the list has those that nobody is sending, and nobody else can get at them meanwhile.
MadeContents::Entries MadeContents::take_least_used() {
    const auto least = std::find_if(entries_.rbegin(), entries_.rend(), [](const Entry& entry) {
        return entry.content.use_count() <= 1;
    });
    return least == entries_.rend() ? Entries() : take(std::prev(least.base()));
}

MadeRoom::MadeRoom(MadeContents& contents) noexcept : contents_(&contents) {
    contents.begin();
}

MadeRoom::MadeRoom(MadeRoom&& other) noexcept
    : contents_(std::exchange(other.contents_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)),
      descriptors_(std::exchange(other.descriptors_, 0)) {}

MadeRoom::~MadeRoom() {
    if (contents_ == nullptr)
        return;
    contents_->release(bytes_, descriptors_);
    contents_->end();
}

bool MadeRoom::grow(std::uint64_t bytes) {
    if (!contents_->reserve(bytes, 0))
        return false;
    bytes_ += bytes;
    return true;
}

bool MadeRoom::take_descriptor() {
    if (!contents_->reserve(0, 1))
        return false;
    ++descriptors_;
    return true;
}

}  // namespace treecast::proxy
