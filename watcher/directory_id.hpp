// Numbers the directories that the watcher knows, and stores values by these numbers. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace treecast::watcher {

/// Once a directory is forgotten, another one may reuse its number. So do not keep a number across
/// a call that removes directories.
using DirectoryId = std::uint32_t;
inline constexpr DirectoryId no_directory = ~DirectoryId{0};
inline constexpr DirectoryId root_directory = 0;

/// Holds a value for each directory. The value of a directory that was never written is `Value()`.
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
    /// The greatest number that was written, plus one.
    DirectoryId end() const noexcept { return static_cast<DirectoryId>(values_.size()); }

private:
    std::vector<Value> values_;
};

}  // namespace treecast::watcher
