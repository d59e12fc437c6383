// The random choices of a tree model: draws from a seed, and the names of a small tree.
//
// This code never looks at the tree, so a seed gives the same operations whatever the writers and
// the daemon do. The alphabet is small, so that paths collide.
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
    /// An absolute path: up to three names below the root.
    std::string directory();
    std::string path() { return directory() + '/' + name(); }
    /// A path that is served if it is a file: none of its names is veiled.
    std::string shown_path();
    std::string name();
    /// The content for a write: mostly 0 to 100 bytes, at times up to 700,000.
    std::string content();

    Dice dice;

private:
    std::string plain_name();

    std::string root_;
};

/// Whether a name hides its files from the server: it begins with a dot, may be ignored, or is no
/// UTF-8.
bool is_veiled_name(std::string_view name);
/// Whether one of the names in `path` is veiled.
bool is_veiled(std::string_view path);

/// Names that are hidden only by lines of a .treecastignore.
extern const std::vector<std::string> ignorable_names;

}  // namespace treecast::test
