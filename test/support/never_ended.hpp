// An object whose destructor never runs, as if its process had been killed.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace treecast::test {

template <class T>
class NeverEnded {
public:
    template <class... Arguments>
    explicit NeverEnded(Arguments&&... arguments)
        : object_(new (place_) T(std::forward<Arguments>(arguments)...)) {}
    NeverEnded(const NeverEnded&) = delete;
    NeverEnded& operator=(const NeverEnded&) = delete;

    T* operator->() noexcept { return object_; }

private:
    alignas(T) std::byte place_[sizeof(T)];
    T* object_;
};

}  // namespace treecast::test
