#pragma once

#include <stdexcept>

namespace treecast::test {

/// An answer that no server may give.
struct WrongAnswer : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace treecast::test
