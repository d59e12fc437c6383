#include "proxy/source/made_contents.hpp"

#include "proxy/source/made_writer.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(made_contents)

namespace {

constexpr Version one{7, 1};
constexpr Version two{7, 2};
constexpr std::uint64_t entry = MadeContents::entry_bytes;

std::shared_ptr<const MadeContent> make(MadeContents& contents, std::size_t bytes) {
    MadeWriter writer(contents);
    return writer.append(std::string(bytes, 'x')) ? writer.finish() : nullptr;
}

bool keep(MadeContents& contents, const std::string& key, std::size_t bytes) {
    auto made = make(contents, bytes);
    const bool is_made = made != nullptr;
    if (is_made)
        contents.keep(key, one, std::move(made));
    return is_made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_state_of_each_thing_is_kept) {
    MadeContents contents(1 << 20);
    BOOST_TEST(contents.empty());
    BOOST_TEST(!contents.find("a", one));

    const auto first = make(contents, 3);
    contents.keep("a", one, first);
    BOOST_TEST((contents.find("a", one) == first));
    BOOST_TEST(!contents.find("a", two));
    BOOST_TEST(!contents.find("b", one));
    BOOST_TEST(!contents.empty());

    contents.keep("a", two, make(contents, 4));
    BOOST_TEST(!contents.find("a", one));
    BOOST_TEST(contents.find("a", two).value()->size() == 4U);

    contents.keep("a", two, nullptr);  // of no use
    BOOST_TEST((contents.find("a", two).value() == nullptr));
    BOOST_TEST(!contents.empty());
}

BOOST_AUTO_TEST_CASE(what_is_removed) {
    using Act = void (*)(MadeContents&);
    struct {
        const char* what;
        Act act;
        bool is_kept;
    } const cases[] = {
        {"nothing", [](MadeContents&) {}, true},
        {"the same state",
         [](MadeContents& contents) {
             contents.remove_superseded("a", one);
         },
         true},
        {"another state",
         [](MadeContents& contents) {
             contents.remove_superseded("a", two);
         },
         false},
        {"another thing",
         [](MadeContents& contents) {
             contents.remove("b");
             contents.remove_superseded("b", two);
         },
         true},
        {"the thing",
         [](MadeContents& contents) {
             contents.remove("a");
         },
         false},
        {"all of other names",
         [](MadeContents& contents) {
             contents.remove_if([](std::string_view key) {
                 return key != "a";
             });
         },
         true},
        {"all of its name",
         [](MadeContents& contents) {
             contents.remove_if([](std::string_view key) {
                 return key == "a";
             });
         },
         false},
    };
    for (const auto& each : cases) {
        MadeContents contents(1 << 20);
        BOOST_TEST_REQUIRE(keep(contents, "a", 1000));
        each.act(contents);
        BOOST_TEST(contents.find("a", one).has_value() == each.is_kept, each.what);
        BOOST_TEST(contents.empty() == !each.is_kept, each.what);
        BOOST_TEST(contents.bytes() == (each.is_kept ? 1000U : 0U), each.what);
        BOOST_TEST(contents.count() == (each.is_kept ? 1U : 0U), each.what);
    }
}

BOOST_AUTO_TEST_CASE(what_makes_room) {
    // Each step is a key that is kept with 1,000 bytes, or done something with:
    // "use a", "hold a" (somebody sends it), "drop a" (holds no more).
    struct {
        const char* what;
        std::uint64_t limit;
        const char* steps;
        std::string kept;
    } const cases[] = {
        {"all fit", 3 * (1000 + entry), "a b c", "abc"},
        {"one byte too little", 3 * (1000 + entry) - 1, "a b c", "bc"},
        {"the least recently used one goes", 2 * (1000 + entry), "a b use a c", "ac"},
        {"what is sent stays", 2 * (1000 + entry), "a hold a b c", "ac"},
        {"what was sent goes", 2 * (1000 + entry), "a hold a b drop a c", "bc"},
        {"nothing goes that is sent", 2 * (1000 + entry), "a hold a b hold b c", "ab"},
        {"nothing fits", 999, "a", ""},
        {"the entry itself is too much", 1000, "a", ""},
        {"none", 0, "a b", ""},
    };
    for (const auto& each : cases) {
        MadeContents contents(each.limit);
        std::map<std::string, std::shared_ptr<const MadeContent>> held;
        std::istringstream steps(each.steps);
        for (std::string step; steps >> step;) {
            std::string key = step;
            if (step.size() > 1)
                steps >> key;
            if (step == "use")
                BOOST_TEST(contents.find(key, one).has_value(), each.what);
            else if (step == "hold")
                held[key] = contents.find(key, one).value();
            else if (step == "drop")
                held.erase(key);
            else
                keep(contents, key, 1000);
        }
        std::string kept;
        for (const char* const key : {"a", "b", "c"})
            if (contents.find(key, one))
                kept += key;
        BOOST_TEST(kept == each.kept, each.what);
        BOOST_TEST(contents.bytes() == 1000 * each.kept.size(), each.what);
        BOOST_TEST(contents.bytes() <= each.limit, each.what);
    }
}

BOOST_AUTO_TEST_CASE(bytes_count_until_the_last_user_has_gone) {
    MadeContents contents(1 << 20);
    auto sent = make(contents, 100);
    contents.keep("a", one, sent);
    contents.remove("a");
    BOOST_TEST(contents.bytes() == 100U);
    BOOST_TEST(contents.count() == 1U);
    sent.reset();
    BOOST_TEST(contents.bytes() == 0U);
    BOOST_TEST(contents.count() == 0U);
}

BOOST_AUTO_TEST_CASE(contents_with_a_descriptor_are_few) {
    MadeContents contents(std::uint64_t{1} << 30);
    const std::size_t large = MadeContent::heap_bytes_max + 1;
    for (std::size_t i = 0; i <= MadeContents::descriptors_max; ++i)
        BOOST_TEST_REQUIRE(keep(contents, std::to_string(i), large));
    BOOST_TEST(contents.count() == MadeContents::descriptors_max);
    BOOST_TEST(!contents.find("0", one));
    BOOST_TEST(contents.find("1", one).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
