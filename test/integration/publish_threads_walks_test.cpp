// Walks beneath a prefix while the writer changes the links that they follow.
#include "ipc/catalog_adoption.hpp"
#include "ipc/catalog_walk.hpp"
#include "test/integration/publish_threads_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <deque>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

BOOST_FIXTURE_TEST_SUITE(publish_threads, treecast::test::publish_threads_cases::Fixture)

using namespace treecast::test::publish_threads_cases;

namespace {

const std::array<std::string, 3> directories{"a", "a/sub", "b"};
constexpr int stay = 20;

/// The directory is told by the name too: an entry that is taken for another directory's shows.
std::string path_in(const std::string& directory, const std::string& name) {
    std::string tag = directory;
    std::replace(tag.begin(), tag.end(), '/', '-');
    return directory + '/' + tag + '=' + name;
}

bool tells_its_directory(const std::string& path) {
    const std::string directory = path.substr(0, path.rfind('/'));
    const std::string name = path.substr(path.rfind('/') + 1);
    return path_in(directory, name.substr(name.find('=') + 1)) == path;
}

void publish_what_stays(CatalogWriter& writer) {
    for (int i = 0; i < stay; ++i)
        for (const std::string& directory : directories) {
            const std::string long_end(i % 4 == 0 ? 60 : 0, 's');
            publish(writer, path_in(directory, "stays" + std::to_string(i) + long_end));
        }
}

/// What one walk has visited.
class Visits {
public:
    CatalogWalk::Visitor visitor() {
        return [this](FileId, const Record&, std::string_view path) {
            ++visits_[std::string(path)];
            return true;
        };
    }
    /// How many paths were visited but not as they should be, or should have been and were not.
    int errors(std::string_view prefix) const {
        int errors = 0;
        int stayed = 0;
        for (const auto& [path, count] : visits_) {
            const bool stays = path.find("=stays") != path.npos;
            stayed += stays;
            errors += !path.starts_with(prefix) || !tells_its_directory(path);
            errors += stays && count != 1;
        }
        for (const std::string& directory : directories)
            stayed -= (directory + '/').starts_with(prefix) ? stay : 0;
        return errors + std::abs(stayed);
    }

private:
    std::map<std::string, int> visits_;
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
        if (number_ % 8 == 0)
            publish_deletion(writer_, publish(writer_, path));
        else
            made_.push_back(writer_.find_or_make(path).value());
        if (number_ % 32 == 0)
            make_and_remove_directory(directories[random_() % 3] + "/t" + number);
        while (made_.size() > 12) {
            const auto chosen = made_.begin() + static_cast<std::ptrdiff_t>(random_() % 13);
            writer_.discard(*chosen);
            made_.erase(chosen);
        }
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
    std::deque<FileId> made_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_stays_is_walked_once_while_slots_go_from_directory_to_directory) {
    for (const bool one_mapping : mappings) {
        CatalogWriter writer(directory, {.log_slots = 16});
        publish_what_stays(writer);
        std::atomic<int> walks{0};
        const auto walk = [&](const CatalogReader& reader) {
            for (const char* prefix : {"", "a/", "a/sub/", "b/b=s"}) {
                Visits visits;
                reader.walk_below(prefix, visits.visitor());
                errors += visits.errors(prefix[0] == 'b' ? "b/" : prefix);
                ++walks;
            }
        };
        Churn churn(writer);
        run(writer, one_mapping, {walk, walk}, [&] {
            hammer(std::ref(churn));
        });
        BOOST_TEST(errors == 0);
        BOOST_TEST_MESSAGE(walks << " walks");
    }
}

BOOST_AUTO_TEST_CASE(links_suffice_for_a_walk_while_they_change) {
    CatalogWriter writer(directory, {.log_slots = 16});
    publish_what_stays(writer);
    std::atomic<int> walks{0};
    std::atomic<int> given_up{0};
    const auto walk = [&](const CatalogReader&) {
        const CatalogLookup lookup(writer.mapping());
        Visits visits;
        const CatalogWalk::Visitor visitor = visits.visitor();
        if (CatalogWalk(lookup, "", visitor).follow_links())
            errors += visits.errors("");
        else
            ++given_up;
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
    publish_what_stays(writer);
    const auto walk = [&](const CatalogReader& reader) {
        for (const char* prefix : {"", "a/"}) {
            Visits visits;
            reader.walk_below(prefix, visits.visitor());
            errors += visits.errors(prefix);
        }
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
