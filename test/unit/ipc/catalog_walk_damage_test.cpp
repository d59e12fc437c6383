// Walks beneath a prefix where the links lead astray: they end, give up, and find everything by the
// slots.
#include "ipc/catalog_walk.hpp"
#include "test/unit/ipc/catalog_adoption_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace treecast;
using namespace treecast::ipc;
using namespace treecast::test;

namespace {

using catalog_adoption_cases::RawCatalog;

struct AstrayCatalog : ObjectFixture {
    AstrayCatalog() {
        for (const char* path : {"a/one", "a/two", "a/three", "a/b/four", "a/b/five", "c/six"})
            files[path] = publish(writer, path);
        for (const char* path : {"a", "a/b", "c"})
            files[path] = writer.find(path).value();
    }
    std::uint32_t slot(const std::string& path) const { return files.at(path).slot(); }
    /// The head of the list of a directory's children is the newest.
    void set_first_child(const std::string& path, std::uint32_t child) const {
        const std::uint64_t word = raw.entry(slot(path), entry_family);
        raw.set(word, pack_pair(high_half(raw.word(word)), child));
    }
    void set_next(const std::string& path, std::uint32_t next) const {
        const std::uint64_t word = raw.entry(slot(path), entry_siblings);
        raw.set(word, pack_pair(next, low_half(raw.word(word))));
    }
    void set_parent(const std::string& path, std::uint32_t parent) const {
        const std::uint64_t word = raw.entry(slot(path), entry_family);
        raw.set(word, pack_pair(parent, low_half(raw.word(word))));
    }

    CatalogWriter writer{directory};
    RawCatalog raw{catalog_path()};
    std::map<std::string, FileId> files;
};

struct Astray {
    const char* what;
    std::function<void(const AstrayCatalog&)> lead;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog_walk_damage)

BOOST_AUTO_TEST_CASE(links_that_lead_astray_end_and_all_is_found_by_the_slots) {
    const Astray cases[] = {
        {"an entry that follows itself",
         [](auto& catalog) {
             catalog.set_next("a/two", catalog.slot("a/two"));
         }},
        {"a circle of siblings",
         [](auto& catalog) {
             catalog.set_next("a/one", catalog.slot("a/three"));
         }},
        {"a sibling in another directory",
         [](auto& catalog) {
             catalog.set_next("a/three", catalog.slot("c/six"));
         }},
        {"a child of another directory",
         [](auto& catalog) {
             catalog.set_first_child("a/b", catalog.slot("c/six"));
         }},
        {"a directory that is its own child",
         [](auto& catalog) {
             catalog.set_first_child("a/b", catalog.slot("a/b"));
         }},
        {"a circle of directories",
         [](auto& catalog) {
             catalog.set_first_child("a/b", catalog.slot("a"));
         }},
        {"a slot that was never used",
         [](auto& catalog) {
             catalog.set_next("a/two", 3000);
         }},
        {"a slot that is not there",
         [](auto& catalog) {
             catalog.set_next("a/two", 5000);
         }},
        {"a slot beyond all",
         [](auto& catalog) {
             catalog.set_first_child("a/b", ~std::uint32_t{0});
         }},
        {"links that are being made anew",
         [](auto& catalog) {
             catalog.set_first_child("a", 0);
             catalog.raw.set_header(HeaderWord::relinks, 1);
         }},
    };
    for (const Astray& item : cases) {
        BOOST_TEST_CONTEXT(item.what) {
            const AstrayCatalog catalog;
            item.lead(catalog);
            const CatalogReader reader = catalog.reader();
            const CatalogLookup lookup(catalog.writer.mapping());
            for (const char* prefix : {"", "a", "a/", "a/b/"}) {
                std::map<std::string, int> visits;
                const CatalogWalk::Visitor visit =
                    [&](FileId file, const Record&, std::string_view path) {
                        BOOST_TEST((catalog.files.at(std::string(path)) == file));
                        ++visits[std::string(path)];
                        return true;
                    };
                CatalogWalk walk(lookup, prefix, visit);
                const bool gave_up = !walk.follow_links();
                if (std::string_view(prefix).empty())
                    BOOST_TEST(gave_up);
                if (gave_up)
                    walk.search_slots();
                for (const char* path : {"a/one", "a/two", "a/three", "a/b/four", "a/b/five"})
                    if (std::string_view(path).starts_with(prefix))
                        BOOST_TEST(visits[path] == 1, path);
                BOOST_TEST(visits["c/six"] == (std::string_view(prefix).empty() ? 1 : 0));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_circle_of_parents_that_is_linked_ends) {
    const AstrayCatalog catalog;
    catalog.set_parent("a", catalog.slot("a/b"));
    catalog.set_first_child("a/b", catalog.slot("a"));
    const CatalogReader reader = catalog.reader();
    int visits = 0;
    for (const char* prefix : {"", "a", "a/", "a/b/", "c/"})
        reader.walk_below(prefix, [&](FileId, const Record&, std::string_view path) {
            ++visits;
            BOOST_TEST(path == "c/six");
            return true;
        });
    BOOST_TEST(visits == 2);
}

BOOST_AUTO_TEST_CASE(a_root_with_a_generation_is_walked) {
    const AstrayCatalog catalog;
    catalog.raw.set(catalog.raw.entry(root_slot, entry_identity), pack_pair(5, 3));
    std::set<std::string> paths;
    catalog.reader().walk_below("", [&](FileId, const Record&, std::string_view path) {
        return paths.emplace(path).second;
    });
    BOOST_TEST(paths.size() == 6U);
}

BOOST_AUTO_TEST_CASE(links_made_anew_during_a_walk_send_it_to_the_slots) {
    const AstrayCatalog catalog;
    std::map<std::string, int> visits;
    const auto visit = [&](FileId, const Record&, std::string_view path) {
        // The rest of the tree has no children yet when the walk gets there.
        if (visits.empty()) {
            for (const char* directory : {"a", "a/b", "c"})
                catalog.set_first_child(directory, 0);
            catalog.raw.set_header(HeaderWord::relinks, 2);
        }
        ++visits[std::string(path)];
        return true;
    };
    catalog.reader().walk_below("", visit);
    for (const char* path : {"a/one", "a/two", "a/three", "a/b/four", "a/b/five", "c/six"})
        BOOST_TEST(visits[path] == 1, path);
}

BOOST_AUTO_TEST_CASE(a_predecessor_that_died_while_it_made_links_leaves_that_to_its_successor) {
    const ObjectFixture other;
    {
        CatalogWriter predecessor(other.directory);
        publish(predecessor, "a/one");
    }
    const RawCatalog raw(other.catalog_path());
    raw.set_header(HeaderWord::relinks, 7);
    raw.set(raw.entry(root_slot, entry_family), 0);
    const CatalogReader before = other.reader();
    int visits = 0;
    const auto visit = [&](FileId, const Record&, std::string_view path) {
        BOOST_TEST(path == "a/one");
        ++visits;
        return true;
    };
    before.walk_below("a/", visit);
    BOOST_TEST(visits == 1);

    const CatalogWriter successor(other.directory);
    BOOST_TEST(successor.adopted());
    BOOST_TEST(raw.header(HeaderWord::relinks) == 8U);
    const CatalogLookup lookup(successor.mapping());
    const CatalogWalk::Visitor visitor = visit;
    BOOST_TEST(CatalogWalk(lookup, "a/", visitor).follow_links());
    BOOST_TEST(visits == 2);
}

BOOST_AUTO_TEST_SUITE_END()
