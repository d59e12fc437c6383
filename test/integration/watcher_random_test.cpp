// Whatever is done to a tree, what the watcher told to look at leads to the same as a walk.
//
// Operations are drawn from a seed, which is printed; TREECAST_TEST_SEED repeats one run and
// TREECAST_TEST_ROUNDS (default 300) makes it longer. Events are read, or not, in between, so that
// batches end anywhere.
#include "test/integration/watcher_mirror.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace treecast;
using treecast::test::differences;
using treecast::test::TemporaryDirectory;
using treecast::test::walk_tree;
using treecast::test::WatcherMirror;

BOOST_AUTO_TEST_SUITE(watcher_random)

namespace {

unsigned from_environment(const char* name, unsigned otherwise) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? otherwise : static_cast<unsigned>(std::stoul(value));
}

std::string listing_of(const fs::path& root) {
    std::ostringstream text;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        text << entry.path().lexically_relative(root).string();
        if (entry.is_symlink())
            text << " -> " << fs::read_symlink(entry.path()).string();
        text << (fs::is_directory(entry.symlink_status()) ? "/\n" : "\n");
    }
    return text.str();
}

/// Does things to a tree, and to a place beside it from which things come and to which they go.
class Vandal {
public:
    Vandal(fs::path root, fs::path outside, unsigned seed)
        : root_(std::move(root)), outside_(std::move(outside)), random_(seed) {}

    void act() {
        const unsigned kind = number(19);
        if (kind < 10)
            write_or_move(kind);
        else
            replace_or_link(kind);
        note_vanished_names();
    }

    /// Events have been read: who looks at a name that was made before finds its file.
    void note_reading() { fresh_names_.clear(); }

    /// Files that have had a second name.
    const std::set<std::uint64_t>& linked() const noexcept { return linked_; }
    /// Those of which one came and went between two readings of events: what was written through
    /// it no event tells of a name that is there. The auditor finds it.
    const std::set<std::uint64_t>& unseen() const noexcept { return unseen_; }

    unsigned number(unsigned below) {
        return std::uniform_int_distribution(0U, below - 1)(random_);
    }

private:
    // Many operations are impossible at the moment they are drawn; then nothing happens.

    void write_or_move(unsigned kind) {
        std::error_code ignored;
        switch (kind) {
            case 0:
                write(any_path(), std::ios::trunc);
                break;
            case 1:
                write(any_path(), std::ios::app);
                break;
            case 2: {
                const fs::path file = outside_ / "new";
                std::ofstream(file) << std::string(number(50), 'y');
                fs::rename(file, any_path(), ignored);
                break;
            }
            case 3: {
                const fs::path directory = any_directory() / name() / name() / name();
                fs::create_directories(directory, ignored);
                write(directory / name(), std::ios::trunc);
                break;
            }
            case 4:
                fs::create_directory(any_path(), ignored);
                break;
            case 5:
            case 6:
                fs::rename(any_path(), any_path(), ignored);
                break;
            case 7:
                fs::rename(any_path(), outside_ / std::to_string(++taken_), ignored);
                break;
            case 8:
                fs::rename(outside_ / std::to_string(1 + number(taken_ + 1)), any_path(), ignored);
                break;
            default:
                remove_something();
        }
    }

    void replace_or_link(unsigned kind) {
        std::error_code ignored;
        switch (kind) {
            case 10: {
                const fs::path path = any_path();
                fs::remove_all(path, ignored);
                fs::create_directories(path / name(), ignored);
                write(path / name(), std::ios::trunc);
                break;
            }
            case 11: {
                // Nobody is told of a second name that is not watched, until something else makes
                // one look: that one is left to the auditor.
                const fs::path name = any_path();
                struct stat made {};
                if (name.string().find("/.") == std::string::npos &&
                    ::link(any_path().c_str(), name.c_str()) == 0 &&
                    ::lstat(name.c_str(), &made) == 0)
                    fresh_names_.emplace(*linked_.insert(made.st_ino).first, name);
                break;
            }
            case 12:
                fs::permissions(any_path(), fs::perms(number(2) == 0 ? 0755 : 0775), ignored);
                break;
            case 13:
            case 14:
                link();
                break;
            case 15: {
                const fs::path made = outside_ / "link";
                fs::create_symlink(target(), made, ignored);
                fs::rename(made, any_path(), ignored);
                break;
            }
            case 16:
                (void)::renameat2(
                    AT_FDCWD,
                    any_path().c_str(),
                    AT_FDCWD,
                    any_path().c_str(),
                    RENAME_EXCHANGE
                );
                break;
            case 17:
                copy_something();
                break;
            default:
                fs::resize_file(any_path(), number(100), ignored);
        }
    }

    std::string name() {
        static const std::vector<std::string> names{"a", "b", "c", "d", ".e", "..data"};
        return names[number(static_cast<unsigned>(names.size()))];
    }

    fs::path any_directory() {
        fs::path path = root_;
        for (unsigned depth = number(4); depth != 0; --depth) {
            const fs::path below = path / name();
            std::error_code error;
            if (!fs::is_directory(fs::symlink_status(below, error)))
                break;
            path = below;
        }
        return path;
    }

    fs::path any_path() { return any_directory() / name(); }

    fs::path target() {
        switch (number(6)) {
            case 0:
                return any_path();  // absolute
            case 1:
                return outside_ / std::to_string(1 + number(taken_ + 1));
            case 2:
                return fs::path("..") / name();
            case 3:
                return fs::path("..") / name() / name();
            case 4:
                return fs::path(name()) / name();
            default:
                return name();
        }
    }

    void link() {
        std::error_code ignored;
        fs::create_symlink(target(), any_path(), ignored);
    }

    void write(const fs::path& path, std::ios::openmode mode) {
        // Nobody is told of what happens outside.
        std::error_code error;
        if (!fs::weakly_canonical(path, error).string().starts_with(root_.string()) || error)
            return;
        std::ofstream file(path, mode);
        file << std::string(number(50), 'x');
    }

    void remove_something() {
        std::error_code ignored;
        const fs::path path = any_path();
        if (number(3) == 0)
            fs::remove_all(path, ignored);
        else
            fs::remove(path, ignored);
    }

    void copy_something() {
        std::error_code ignored;
        const fs::path from = any_path();
        const fs::path to = any_path();
        // Also through links: what is copied into itself grows until no name can say it.
        const std::string source = fs::weakly_canonical(from, ignored).string();
        const std::string target = fs::weakly_canonical(to, ignored).string();
        if (ignored || target.starts_with(source) || source.starts_with(target))
            return;
        fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, ignored);
        keep_small();
    }

    /// Copies of copies grow without bound.
    void keep_small() {
        std::error_code ignored;
        std::size_t entries = 0;
        for (fs::recursive_directory_iterator at(root_, ignored), end; at != end && !ignored;
             at.increment(ignored))
            ++entries;
        if (entries > 150)
            fs::remove_all(root_ / name(), ignored);
    }

    void note_vanished_names() {
        std::erase_if(fresh_names_, [&](const auto& fresh) {
            const auto& [inode, name] = fresh;
            struct stat now {};
            const bool is_there = ::lstat(name.c_str(), &now) == 0 && now.st_ino == inode;
            if (!is_there)
                unseen_.insert(inode);
            return !is_there;
        });
    }

    fs::path root_;
    fs::path outside_;
    std::mt19937 random_;
    std::set<std::uint64_t> linked_;
    std::multimap<std::uint64_t, fs::path> fresh_names_;
    std::set<std::uint64_t> unseen_;
    unsigned taken_ = 0;  // things moved outside, named by number
};

}  // namespace

namespace {

void compare_with_walks(const watcher::WatcherOptions& options) {
    const unsigned seed = from_environment("TREECAST_TEST_SEED", std::random_device{}());
    const unsigned rounds = from_environment("TREECAST_TEST_ROUNDS", 300);
    BOOST_TEST_MESSAGE("seed " << seed);
    std::cerr << "seed " << seed << '\n';
    const TemporaryDirectory directory;
    const fs::path root = directory / "root";
    const fs::path outside = directory / "outside";
    fs::create_directories(root / "a" / "b");
    fs::create_directories(outside);
    Vandal vandal(root, outside, seed);
    WatcherMirror mirror(root, options);

    for (unsigned round = 0; round < rounds; ++round) {
        for (unsigned count = 1 + vandal.number(12); count != 0; --count) {
            vandal.act();
            if (vandal.number(4) == 0) {
                mirror.read_once();
                vandal.note_reading();
            }
            if (vandal.number(3) == 0)
                mirror.scan_once(1 + vandal.number(3));
            if (vandal.number(200) == 0)
                mirror.watcher().rescan();
        }
        if (fs::is_empty(root))
            continue;
        mirror.settle();
        vandal.note_reading();
        const std::string wrong =
            differences(walk_tree(root), mirror.files(), vandal.linked(), vandal.unseen());
        BOOST_TEST_REQUIRE(
            wrong.empty(),
            "seed " << seed << ", round " << round << ":\n"
                    << wrong << listing_of(root)
        );
    }
    BOOST_TEST(mirror.watcher().health().degraded.empty());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_tree_after_any_operations_is_known_as_a_walk_finds_it) {
    compare_with_walks({});
}

BOOST_AUTO_TEST_CASE(the_same_where_events_wait_and_those_of_two_directories_lose_their_order) {
    compare_with_walks({.events_at_once = 1});
}

BOOST_AUTO_TEST_CASE(the_same_where_every_directory_is_read_in_parts) {
    compare_with_walks({.entries_at_once = 2});
}

BOOST_AUTO_TEST_SUITE_END()
