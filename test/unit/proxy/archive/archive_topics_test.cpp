#include "proxy/archive/archive_topics.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(archive_topics)

namespace {

struct Fixture {
    boost::asio::io_context context{};
    ArchiveTopics topics{context};

    ArchiveTopic& topic(const std::string& encoded) {
        return topics.topic_of(parse_archive_target(encoded).target);
    }
    /// The names of the topics above a path, sorted.
    std::string above(const std::optional<std::string>& path) const {
        std::vector<std::string> names;
        for (const ArchiveTopic* const topic : topics.above(path))
            names.push_back(topic->target.name);
        std::ranges::sort(names);
        std::string text;
        for (const std::string& name : names)
            text += (text.empty() ? "" : " ") + name;
        return text;
    }
    static void make_current(ArchiveTopic& topic, MadeArchive::Kind kind) {
        auto made = std::make_shared<MadeArchive>();
        made->kind = kind;
        made->revision = 5;
        topic.made = made;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_change_concerns_the_topics_of_the_directories_above_it, Fixture) {
    for (const char* const name : {".tar", "a.tar", "a.tar.gz", "a/b.tar", "ab.tar"})
        topic(name);
    const struct {
        std::string path;
        std::string names;
    } cases[] = {
        {"x", ".tar"},
        {"a", ".tar"},
        {"a/x", ".tar a.tar a.tar.gz"},
        {"a/b", ".tar a.tar a.tar.gz"},
        {"a/b/c/d", ".tar a.tar a.tar.gz a/b.tar"},
        {"ab/c", ".tar ab.tar"},
    };
    for (const auto& each : cases)
        BOOST_TEST(above(each.path) == each.names);
    BOOST_TEST(above(std::nullopt) == ".tar a.tar a.tar.gz a/b.tar ab.tar");
}

BOOST_FIXTURE_TEST_CASE(one_without_a_use_goes_unless_it_is_kept_or_being_made, Fixture) {
    using Kind = MadeArchive::Kind;
    const auto remains_after = [&](auto&& prepare) {
        ArchiveTopic& used = topic("a.tar");
        {
            const ArchiveTopics::Use use(topics, used);
            prepare(used);
        }
        const bool remains = topics.find("a.tar") != nullptr;
        if (remains) {
            const ArchiveTopics::Use use(topics, used);
            used.made = nullptr;
            used.is_asked = false;
        }
        BOOST_TEST(topics.empty());
        BOOST_TEST(above("a/x").empty());
        return remains;
    };
    BOOST_TEST(!remains_after([](ArchiveTopic&) {}));
    BOOST_TEST(remains_after([](ArchiveTopic& used) {
        make_current(used, Kind::present);
    }));
    BOOST_TEST(!remains_after([](ArchiveTopic& used) {
        make_current(used, Kind::present);
        used.changed_at = 6;
    }));
    BOOST_TEST(!remains_after([](ArchiveTopic& used) {
        make_current(used, Kind::absent);
    }));
    BOOST_TEST(!remains_after([](ArchiveTopic& used) {
        make_current(used, Kind::too_large);
    }));
    BOOST_TEST(remains_after([](ArchiveTopic& used) {
        used.is_asked = true;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
