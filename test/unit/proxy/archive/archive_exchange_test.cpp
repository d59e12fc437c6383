#include "proxy/archive/archive_exchange.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(archive_exchange)

namespace {

ArchiveExchange::Result result(MadeArchive::Kind kind, std::uint64_t revision) {
    auto made = std::make_shared<MadeArchive>();
    made->kind = kind;
    made->revision = revision;
    return {made};
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_who_asks_makes_it_for_all) {
    ArchiveExchange exchange;
    std::string got;
    const auto receive = [&](const std::string& who) {
        return [&got, who](const ArchiveExchange::Result& made) {
            got += who + std::to_string(made.made->revision) + ' ';
        };
    };
    BOOST_TEST(exchange.ask("a", receive("x")));
    BOOST_TEST(!exchange.ask("a", receive("y")));
    BOOST_TEST(exchange.ask("b", receive("z")));
    exchange.finish("a", result(MadeArchive::Kind::present, 5));
    BOOST_TEST(got == "x5 y5 ");
    BOOST_TEST(exchange.ask("a", receive("x")));
    exchange.finish("a", result(MadeArchive::Kind::present, 6));
    BOOST_TEST(got == "x5 y5 x6 ");
}

BOOST_AUTO_TEST_CASE(one_with_contents_is_remembered_until_there_is_none) {
    using Kind = MadeArchive::Kind;
    const struct {
        Kind kind;
        bool remains;
    } cases[] = {
        {Kind::present, true},
        {Kind::absent, false},
        {Kind::refused, false},
        {Kind::too_large, false},
        {Kind::restless, true},
        {Kind::not_loaded, true},
        {Kind::no_room, true},
        {Kind::failed, true},
    };
    for (const auto& each : cases) {
        ArchiveExchange exchange;
        BOOST_TEST(!exchange.last("a"));
        exchange.finish("a", result(Kind::present, 1));
        BOOST_TEST_REQUIRE(exchange.last("a") != nullptr);
        exchange.finish("a", result(each.kind, 2));
        BOOST_TEST((exchange.last("a") != nullptr) == each.remains);
    }
}

BOOST_AUTO_TEST_CASE(many_threads_get_one_answer_each) {
    ArchiveExchange exchange;
    std::atomic<int> makers{0};
    std::atomic<int> received{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < 500; ++j)
                if (exchange.ask("a", [&](const ArchiveExchange::Result&) {
                        ++received;
                    })) {
                    ++makers;
                    exchange.finish("a", result(MadeArchive::Kind::present, 1));
                }
        });
    threads.clear();
    BOOST_TEST(received == 2000);
    BOOST_TEST(makers <= 2000);
}

BOOST_AUTO_TEST_SUITE_END()
