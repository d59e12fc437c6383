// What the process has made once for many clients, for the next who ask: codings of files, and
// archives. One for all workers, within --made-limit. Thread safe.
//
// Of each thing only one state is kept. If there is no room, the least recently used ones that
// nobody is sending are evicted.
#pragma once

#include "base/unique_fd.hpp"
#include "base/version.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace treecast::proxy {

class MadeContents;

/// The part of the limit that one content takes.
class MadeRoom {
public:
    explicit MadeRoom(MadeContents& contents) noexcept;
    MadeRoom(MadeRoom&& other) noexcept;
    MadeRoom& operator=(MadeRoom&&) = delete;
    ~MadeRoom();

    /// Returns false if there is no room, even without those that nobody is sending.
    [[nodiscard]] bool grow(std::uint64_t bytes);
    [[nodiscard]] bool take_descriptor();
    std::uint64_t bytes() const noexcept { return bytes_; }

private:
    MadeContents* contents_;
    std::uint64_t bytes_ = 0;
    std::size_t descriptors_ = 0;
};

/// The bytes of one thing. They never change. They count in MadeContents until the last user has
/// gone.
///
/// Small ones are on the heap, so that they take no descriptor. Larger ones are a sealed memfd,
/// which all workers send from at once.
class MadeContent {
public:
    /// Contents up to this size are on the heap.
    static constexpr std::uint64_t heap_bytes_max = std::uint64_t{32} * 1024;

    /// `memory` is sealed; without one the content is `bytes`.
    MadeContent(MadeRoom room, UniqueFd memory, std::string bytes) noexcept
        : room_(std::move(room)), memory_(std::move(memory)), bytes_(std::move(bytes)) {}
    MadeContent(const MadeContent&) = delete;
    MadeContent& operator=(const MadeContent&) = delete;

    std::uint64_t size() const noexcept { return room_.bytes(); }
    int descriptor() const noexcept { return memory_.get(); }  // -1: on the heap
    const std::string& bytes() const noexcept { return bytes_; }

private:
    const MadeRoom room_;
    const UniqueFd memory_;
    const std::string bytes_;
};

class MadeContents {
public:
    /// The most contents that have a descriptor.
    static constexpr std::size_t descriptors_max = 1024;
    /// Each entry counts so many bytes besides its content.
    static constexpr std::uint64_t entry_bytes = 256;

    explicit MadeContents(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}
    ~MadeContents();
    MadeContents(const MadeContents&) = delete;
    MadeContents& operator=(const MadeContents&) = delete;

    /// nullopt: it is not known. Null: making it is of no use for this state.
    std::optional<std::shared_ptr<const MadeContent>>
    find(std::string_view key, const Version& state);
    /// Replaces what is kept of other states. `content` may be null, see find().
    void keep(std::string key, const Version& state, std::shared_ptr<const MadeContent> content);
    /// Removes what is kept of any other state.
    void remove_superseded(std::string_view key, const Version& state);
    void remove(std::string_view key);
    void remove_if(const std::function<bool(std::string_view key)>& matches);
    /// Whether nothing is kept. Takes no lock.
    bool empty() const noexcept { return kept_.load(std::memory_order_relaxed) == 0; }

    /// The bytes of all contents, of those that are being written and of those that were removed
    /// and are still being sent too.
    std::uint64_t bytes() const;
    /// How many contents there are, complete or not, kept or still being sent.
    std::size_t count() const;

private:
    friend class MadeRoom;
    struct Entry {
        std::string key;
        Version state;
        std::shared_ptr<const MadeContent> content;
    };
    using Entries = std::list<Entry>;

    bool reserve(std::uint64_t bytes, std::size_t descriptors);
    void release(std::uint64_t bytes, std::size_t descriptors) noexcept;
    void begin() noexcept;
    void end() noexcept;
    bool fits(std::uint64_t bytes, std::size_t descriptors) const noexcept;
    Entries take(Entries::iterator entry);
    Entries take_least_used();
    template <class Matches>
    void remove_matching(std::string_view key, const Matches& matches);

    const std::uint64_t bytes_max_;
    mutable std::mutex mutex_;
    std::uint64_t bytes_ = 0;
    std::size_t descriptors_ = 0;
    std::size_t count_ = 0;
    Entries entries_;  // most recently used first
    std::unordered_map<std::string_view, Entries::iterator> by_key_;
    std::atomic<std::size_t> kept_{0};
};

}  // namespace treecast::proxy
