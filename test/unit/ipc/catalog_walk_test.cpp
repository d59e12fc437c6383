// Walks beneath a prefix, and walks that begin behind a slot.
#include "ipc/catalog_walk.hpp"

#include "test/support/object_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

namespace {

using Paths = std::set<std::string>;

const std::string long_name(200, 'l');

std::string deep_path() {
    std::string deep;
    while (deep.size() + 2 < 4095)
        deep += "d/";
    return deep + "f";
}

struct WalkedCatalog : ObjectFixture {
    WalkedCatalog() {
        for (const std::string& path : present)
            publish(writer, path);
        publish_deletion(writer, publish(writer, "gone"));
        publish_deletion(writer, publish(writer, "conf/gone/too"));
        BOOST_REQUIRE(writer.find_or_make("conf/never_announced"));
        BOOST_REQUIRE(!writer.set_directory("conf/empty", true));
        // A directory that was a file, and one that still is one.
        for (const char* path : {"was", "is"}) {
            const FileId file = publish(writer, path);
            BOOST_REQUIRE(!writer.set_directory(path, true));
            publish(writer, std::string(path) + "/below");
            if (path == std::string("was"))
                publish_deletion(writer, file);
        }
        for (int i = 0; i < 50; ++i)  // slots are freed and used again, in another order
            writer.discard(writer.find_or_make("conf/x" + std::to_string(i)).value());
        publish(writer, "conf/again");
    }

    /// By the links alone. Every path once, with the id and the record that a reader finds by it.
    Paths below(std::string_view prefix) const {
        const CatalogLookup lookup(writer.mapping());
        const CatalogReader reader = CatalogReader::attach(writer.mapping());
        Paths paths;
        const CatalogWalk::Visitor visit =
            [&](FileId file, const Record& record, std::string_view path) {
                const auto found = reader.find(path);
                BOOST_TEST((found && found->file == file && found->record == record), path);
                BOOST_TEST(paths.insert(std::string(path)).second, path);
                return true;
            };
        BOOST_TEST(CatalogWalk(lookup, prefix, visit).follow_links());
        return paths;
    }

    /// The definition: all that are announced and begin so.
    Paths expected(std::string_view prefix) const {
        const CatalogReader reader = CatalogReader::attach(writer.mapping());
        Paths paths;
        reader.walk([&](FileId file, const Record&) {
            const std::string path = reader.path(file).value();
            if (path.starts_with(prefix))
                paths.insert(path);
            return true;
        });
        return paths;
    }

    const std::vector<std::string> present{
        "conf/a",
        "conf/ab",
        "conf/abc/x",
        "conf/abc/y/z",
        "conf/b",
        "conf.d/a",
        "confetti",
        "c",
        deep_path(),
        long_name,
        long_name + "1/" + long_name + "/x",
        long_name + "1/" + long_name + "2",
    };
    CatalogWriter writer{directory};
};

struct PrefixCase {
    const char* what;
    std::string prefix;
    Paths paths;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog_walk, WalkedCatalog)

BOOST_AUTO_TEST_CASE(a_walk_visits_what_begins_with_the_prefix) {
    const std::string deep = deep_path();
    const std::string of_long = long_name + "1/" + long_name;
    const PrefixCase cases[] = {
        {"a directory",
         "conf/",
         {"conf/a",
          "conf/ab",
          "conf/abc/x",
          "conf/abc/y/z",
          "conf/b",
          "conf/gone/too",
          "conf/again"}},
        {"a name that is cut", "conf/ab", {"conf/ab", "conf/abc/x", "conf/abc/y/z"}},
        {"a whole name", "conf/abc", {"conf/abc/x", "conf/abc/y/z"}},
        {"a name at the top that is cut", "conf.", {"conf.d/a"}},
        {"a file", "conf/b", {"conf/b"}},
        {"below a file", "conf/b/", {}},
        {"a file and longer names",
         "conf/a",
         {"conf/a", "conf/ab", "conf/abc/x", "conf/abc/y/z", "conf/again"}},
        {"a deletion", "gone", {"gone"}},
        {"what was never announced", "conf/never", {}},
        {"an empty directory", "conf/empty/", {}},
        {"a directory that was a file", "was", {"was", "was/below"}},
        {"below a directory that was a file", "was/", {"was/below"}},
        {"a directory that is still a file", "is", {"is", "is/below"}},
        {"nothing of that name", "zzz", {}},
        {"no directory of that name", "zzz/a", {}},
        {"a name that was given back", "conf/x1", {}},
        {"a slash before the first name", "/", {}},
        {"a slash before a name", "/c", {}},
        {"two slashes", "conf//", {}},
        {"a NUL", std::string("c\0", 2), {}},
        {"all of a deep path", deep, {deep}},
        {"half of a deep path", deep.substr(0, 2001), {deep}},
        {"longer than any path", deep + "/", {}},
        {"much longer", std::string(100'000, 'd'), {}},
        {"long names", of_long, {of_long + "/x", of_long + "2"}},
        {"a long name to its end", of_long + "/", {of_long + "/x"}},
        {"a name cut at its inline part",
         long_name.substr(0, 40),
         {long_name, of_long + "/x", of_long + "2"}},
        {"a name cut behind its inline part",
         long_name.substr(0, 199),
         {long_name, of_long + "/x", of_long + "2"}},
    };
    for (const PrefixCase& item : cases) {
        BOOST_TEST_CONTEXT(item.what) {
            BOOST_TEST((below(item.prefix) == item.paths));
            BOOST_TEST((expected(item.prefix) == item.paths));
        }
    }
}

BOOST_AUTO_TEST_CASE(without_a_prefix_it_visits_all) {
    BOOST_TEST((below("") == expected("")));
    BOOST_TEST(below("").size() == present.size() + 7);
}

BOOST_AUTO_TEST_CASE(every_prefix_of_every_path_is_walked_as_defined) {
    const Paths all = expected("");
    for (const std::string& path : all)
        for (std::size_t bytes = 0; bytes <= std::min<std::size_t>(path.size(), 250); ++bytes) {
            const std::string prefix = path.substr(0, bytes);
            Paths begin_so;
            for (const std::string& other : all)
                if (other.starts_with(prefix))
                    begin_so.insert(other);
            BOOST_TEST((below(prefix) == begin_so), prefix);
        }
}

BOOST_AUTO_TEST_CASE(an_empty_catalog_has_nothing_to_visit) {
    const ObjectFixture empty;
    const CatalogWriter empty_writer(empty.directory);
    for (const char* prefix : {"", "a", "a/", "/"})
        empty.reader().walk_below(prefix, [](FileId, const Record&, std::string_view path) {
            BOOST_ERROR(path);
            return true;
        });
}

BOOST_AUTO_TEST_CASE(an_entry_is_visited_before_those_below_it_until_the_visitor_stops) {
    std::vector<std::string> paths;
    const CatalogReader reader = this->reader();
    reader.walk_below("is", [&](FileId, const Record&, std::string_view path) {
        paths.emplace_back(path);
        return true;
    });
    BOOST_TEST((paths == std::vector<std::string>{"is", "is/below"}));

    int visits = 0;
    reader.walk_below("", [&](FileId, const Record&, std::string_view) {
        return ++visits < 3;
    });
    BOOST_TEST(visits == 3);
}

BOOST_AUTO_TEST_CASE(what_a_successor_linked_anew_is_walked) {
    const Paths before = expected("conf/");
    const ObjectFixture other;
    {
        CatalogWriter first(other.directory);
        for (const std::string& path : before)
            publish(first, path);
    }
    for (std::uint64_t i = 1; i <= 3; ++i) {
        const CatalogWriter successor(other.directory);
        BOOST_REQUIRE(successor.adopted());
        const CatalogLookup lookup(successor.mapping());
        BOOST_TEST(lookup.header(HeaderWord::relinks) == 2 * i);
        Paths paths;
        const CatalogWalk::Visitor visit = [&](FileId, const Record&, std::string_view path) {
            return paths.insert(std::string(path)).second;
        };
        BOOST_TEST(CatalogWalk(lookup, "conf/", visit).follow_links());
        BOOST_TEST((paths == before));
    }
}

BOOST_AUTO_TEST_CASE(a_visitor_sees_the_tree_change_under_it) {
    std::map<std::string, int> visits;
    reader().walk_below("conf/", [&](FileId, const Record&, std::string_view path) {
        if (visits.empty())
            for (int i = 0; i < 100; ++i)
                publish(writer, "conf/abc/new" + std::to_string(i));
        ++visits[std::string(path)];
        return true;
    });
    for (const char* path : {"conf/a", "conf/ab", "conf/abc/x", "conf/abc/y/z", "conf/b"})
        BOOST_TEST(visits[path] == 1, path);
}

BOOST_AUTO_TEST_CASE(a_walk_over_slots_goes_on_behind_one) {
    const CatalogReader reader = this->reader();
    std::vector<FileId> all;
    reader.walk([&](FileId file, const Record&) {
        all.push_back(file);
        return true;
    });
    BOOST_REQUIRE(all.size() > 10U);
    for (std::size_t done = 0; done <= all.size(); ++done) {
        std::vector<FileId> rest;
        reader.walk(done == 0 ? 0 : all[done - 1].slot(), [&](FileId file, const Record&) {
            rest.push_back(file);
            return true;
        });
        BOOST_TEST((rest == std::vector<FileId>(all.begin() + static_cast<long>(done), all.end())));
    }
    for (const std::uint32_t slot : {4095U, 4096U, 0x7fffffffU, 0xffffffffU})
        reader.walk(slot, [](FileId file, const Record&) {
            BOOST_ERROR(file.slot());
            return true;
        });
}

BOOST_AUTO_TEST_SUITE_END()
