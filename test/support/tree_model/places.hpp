// Where random operations happen: draws from a seed, and the names of a small tree.
//
// Nothing here looks at the tree, so that a seed gives the same operations however the writers and
// the daemon get in each other's way. The alphabet is small, so that paths meet.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::test {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}

    /// 0 to `below` - 1.
    unsigned number(unsigned below) {
        return std::uniform_int_distribution(0U, below - 1)(random_);
    }
    bool chance(unsigned percent) { return number(100) < percent; }
    template <class T>
    const T& one_of(const std::vector<T>& all) {
        return all[number(static_cast<unsigned>(all.size()))];
    }

private:
    std::mt19937_64 random_;
};

class Places {
public:
    Places(std::string root, std::uint64_t seed) : dice(seed), root_(std::move(root)) {}

    const std::string& root() const noexcept { return root_; }
    /// Absolute: up to three names below the root.
    std::string directory();
    std::string path() { return directory() + '/' + name(); }
    /// A path that is served if it is a file: none of its names is veiled.
    std::string shown_path();
    std::string name();
    /// What a writer would write: 0 to 100 bytes mostly, up to 700,000 at times.
    std::string content();

    Dice dice;

private:
    std::string plain_name();

    std::string root_;
};

/// Whether a name is one that nobody watches the files of: hidden, possibly ignored, no UTF-8.
bool is_veiled_name(std::string_view name);
/// Whether one of the names in `path` is.
bool is_veiled(std::string_view path);

/// Names that only lines of a .treecastignore name.
extern const std::vector<std::string> ignorable_names;

}  // namespace treecast::test
