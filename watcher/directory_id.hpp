// Numbers of the directories that the watcher knows, and values that are kept by them. PURE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace treecast::watcher {

/// A number is given to another directory once its own is forgotten: keep none across a call that
/// removes directories.
using DirectoryId = std::uint32_t;
inline constexpr DirectoryId no_directory = ~DirectoryId{0};
inline constexpr DirectoryId root_directory = 0;

/// A value for each directory; `Value()` for those that were never written.
template <class Value>
class PerDirectory {
public:
    const Value& operator[](DirectoryId id) const {
        static const Value unwritten{};
        return id < values_.size() ? values_[id] : unwritten;
    }
    Value& write(DirectoryId id) {
        if (id >= values_.size())
            values_.resize(std::size_t{id} + 1);
        return values_[id];
    }
    void forget(DirectoryId id) {
        if (id < values_.size())
            values_[id] = Value{};
    }
    /// One more than the greatest number that was written.
    DirectoryId end() const noexcept { return static_cast<DirectoryId>(values_.size()); }

private:
    std::vector<Value> values_;
};

}  // namespace treecast::watcher
