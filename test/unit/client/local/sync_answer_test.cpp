#include "client/local/sync_answer.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(sync_answer)

BOOST_AUTO_TEST_CASE(a_cursor_alone_leaves_nothing_out) {
    const auto answer = parse_sync_answer("0000000000000007.12");
    BOOST_TEST(answer.cursor == "0000000000000007.12");
    BOOST_TEST(answer.left.empty());
    BOOST_TEST(answer.refusal == "");
    BOOST_TEST(
        sync_json(answer) ==
        "{\"cursor\":\"0000000000000007.12\",\"complete\":true,\"left_out\":[],\"more\":0}\n"
    );
}

BOOST_AUTO_TEST_CASE(what_is_left_out_is_decoded) {
    const auto answer = parse_sync_answer(
        "0000000000000007.12\nleft writer a%0Ab a writer has it open\nleft lost . gone\nmore 3"
    );
    BOOST_TEST_REQUIRE(answer.left.size() == 2U);
    BOOST_TEST(answer.left[0].path == "a\nb");
    BOOST_TEST(answer.left[0].reason == "writer");
    BOOST_TEST(answer.left[0].detail == "a writer has it open");
    BOOST_TEST(answer.left[1].path == ".");
    BOOST_TEST(answer.more == 3U);
    BOOST_TEST(
        sync_json(answer) ==
        "{\"cursor\":\"0000000000000007.12\",\"complete\":false,\"left_out\":["
        "{\"path\":\"a\\nb\",\"reason\":\"writer\",\"detail\":\"a writer has it open\"},"
        "{\"path\":\".\",\"reason\":\"lost\",\"detail\":\"gone\"}],\"more\":3}\n"
    );
}

BOOST_AUTO_TEST_CASE(everything_else_is_a_refusal) {
    struct Row {
        const char* text;
        ExitCode code;
        const char* part;
    };
    for (const Row& row :
         {Row{"error the root is gone", ExitCode::failed, "the root is gone"},
          Row{"unknown a%20b", ExitCode::not_found, "a b: nothing of that name"},
          Row{"outside /x /srv/tree", ExitCode::not_found, "/x: is not below /srv/tree"},
          Row{"nonsense", ExitCode::failed, "'nonsense'"},
          Row{"", ExitCode::failed, "''"}}) {
        const auto answer = parse_sync_answer(row.text);
        BOOST_TEST((answer.code == row.code), row.text);
        BOOST_TEST(answer.refusal.find(row.part) != std::string::npos, answer.refusal);
        BOOST_TEST(answer.cursor == "");
    }
}

BOOST_AUTO_TEST_SUITE_END()
