// Walks beneath a prefix while the writer changes the links that they follow.
#include "ipc/catalog_adoption.hpp"
#include "ipc/catalog_walk.hpp"
#include "test/integration/publish_threads_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <vector>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(publish_threads, treecast::test::publish_threads_cases::Fixture)

using namespace treecast::test::publish_threads_cases;

namespace {

const std::array<std::string, 3> directories{"a", "a/c", "b"};

/// The name begins with the end of its directory: a name below the wrong one shows.
std::string path_in(const std::string& directory, const std::string& name) {
    return directory + '/' + directory.back() + name;
}

bool has_its_directory(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return path[slash - 1] == path[slash + 1];
}

/// The files that stay, in all directories. They are old, so others are linked before them.
class Steady {
public:
    explicit Steady(CatalogWriter& writer) {
        for (int i = 0; i < 4; ++i)
            for (const std::string& directory : directories) {
                const std::string path =
                    path_in(directory, "stays" + std::string(i % 2 == 0 ? 60 : 0, 's'));
                files_[publish(writer, path + std::to_string(i))] = path;
            }
    }
    /// Visits of one walk that are wrong or missing. It does little, so that a walk spends its time
    /// on the links.
    template <class Walk>
    int errors_of(std::string_view prefix, const Walk& walk) const {
        int errors = 0;
        std::vector<FileId> seen;
        walk([&](FileId file, const Record&, std::string_view path) {
            errors += !path.starts_with(prefix) || !has_its_directory(path);
            seen.push_back(file);
            return true;
        });
        for (const auto& [file, path] : files_)
            errors += std::count(seen.begin(), seen.end(), file) != path.starts_with(prefix);
        return errors;
    }

private:
    std::map<FileId, std::string> files_;
};

/// Makes entries in all directories and gives others back, so that each slot is soon one of another
/// directory, or the end of a long name. Some are announced and forgotten, most never announced.
class Churn {
public:
    explicit Churn(CatalogWriter& writer) : writer_(writer) {}
    void operator()() {
        const std::string number = std::to_string(++number_);
        const std::string long_end(number_ % 3 == 0 ? 60 : 0, 'c');
        const std::string path = path_in(directories[random_() % 3], number + long_end);
        if (number_ % 16 == 0)
            publish_deletion(writer_, publish(writer_, path));
        else
            made_.push_back(writer_.find_or_make(path).value());
        if (number_ % 4 == 0)
            make_and_remove_directory(directories[random_() % 3] + "/t" + number);
        for (; made_.size() > 40; made_.pop_back()) {
            std::swap(made_.back(), made_[random_() % 40]);
            writer_.discard(made_.back());
        }
        // One turn of the writer is at times one change, and at times it replaces everything.
        if (random_() % 64 == 0)
            std::this_thread::yield();
    }

private:
    void make_and_remove_directory(const std::string& directory) {
        for (const char* name : {"x", "y", "z"})
            made_.push_back(writer_.find_or_make(path_in(directory, name)).value());
        for (int i = 0; i < 3; ++i, made_.pop_back())
            writer_.discard(made_.back());
        static_cast<void>(writer_.set_directory(directory, false));
    }

    CatalogWriter& writer_;
    std::mt19937 random_{1};
    std::uint64_t number_ = 0;
    std::vector<FileId> made_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_stays_is_walked_once_while_slots_go_from_directory_to_directory) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory, {.log_slots = 16});
        const Steady steady(writer);
        const auto walk = [&](const CatalogReader& reader) {
            for (const char* prefix : {"", "a/", "a/c/", "b/bs"})
                errors += steady.errors_of(prefix, [&](const CatalogReader::PathVisitor& visit) {
                    reader.walk_below(prefix, visit);
                });
        };
        Churn churn(writer);
        run(writer, one_mapping, {walk, walk}, [&] {
            hammer(std::ref(churn));
        });
        BOOST_TEST(errors == 0);
    }
}

BOOST_AUTO_TEST_CASE(links_suffice_for_a_walk_while_they_change) {
    CatalogWriter writer(directory, {.log_slots = 16});
    const Steady steady(writer);
    std::atomic<int> walks{0};
    std::atomic<int> given_up{0};
    const auto walk = [&](const CatalogReader&) {
        bool is_complete = false;
        const int found = steady.errors_of("", [&](const CatalogReader::PathVisitor& visit) {
            const CatalogLookup lookup(writer.mapping());
            is_complete = CatalogWalk(lookup, "", visit).follow_links();
        });
        errors += is_complete ? found : 0;
        given_up += !is_complete;
        ++walks;
    };
    Churn churn(writer);
    run(writer, true, {walk, walk}, [&] {
        hammer(std::ref(churn));
    });
    BOOST_TEST(errors == 0);
    BOOST_TEST_MESSAGE(given_up << " of " << walks << " walks gave up");
    BOOST_TEST(given_up * 10 < walks);
}

BOOST_AUTO_TEST_CASE(what_stays_is_walked_once_while_successors_make_the_links_anew) {
    CatalogWriter writer(directory, {.log_slots = 16});
    const Steady steady(writer);
    const auto walk = [&](const CatalogReader& reader) {
        for (const char* prefix : {"", "a/"})
            errors += steady.errors_of(prefix, [&](const CatalogReader::PathVisitor& visit) {
                reader.walk_below(prefix, visit);
            });
    };
    run(writer, true, {walk, walk}, [&] {
        const auto mapping = std::const_pointer_cast<CatalogMapping>(writer.mapping());
        for (int i = 0; i < 200; ++i) {
            std::string why;
            errors += !adopt_catalog(mapping, {.log_slots = 16}, why);
        }
    });
    BOOST_TEST(errors == 0);
}

BOOST_AUTO_TEST_SUITE_END()
