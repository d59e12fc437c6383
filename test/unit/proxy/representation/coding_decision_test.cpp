#include "proxy/representation/coding_decision.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(coding_decision)

namespace {

constexpr std::uint64_t small = coded_at_once_bytes_min - 1;
constexpr std::uint64_t large = coded_at_once_bytes_min;
constexpr auto unknown = CodingState::unknown;
constexpr auto being_made = CodingState::being_made;
constexpr auto made = CodingState::made;
constexpr auto useless = CodingState::useless;

std::string text(const CodingDecision& decision) {
    const std::string name(coding_name(decision.coding));
    switch (decision.action) {
        case CodingAction::send:
            return name;
        case CodingAction::wait:
            return "wait for " + name;
        case CodingAction::begin:
            return "begin " + name;
        case CodingAction::refuse:
            break;
    }
    return "refuse";
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_sent_now) {
    struct {
        const char* accepted;
        std::uint64_t size;
        CodingState gzip;
        CodingState zstd;
        const char* flags;  // p: pushed, a: asked before, l: it is too late to wait, t: its type
        const char* decision;
    } const cases[] = {
        // Without a coding that we make there is the identity, if it is not refused.
        {"", large, made, made, "", "identity"},
        {"br", large, made, made, "", "identity"},
        {"br, identity;q=0", large, made, made, "", "refuse"},
        // What is made is sent, whatever its size, the most welcome first.
        {"gzip, zstd", large, made, made, "", "zstd"},
        {"gzip, zstd;q=0.5", large, made, made, "", "gzip"},
        {"gzip, zstd", large, made, unknown, "", "gzip"},
        {"gzip, zstd", large, made, being_made, "", "gzip"},
        {"gzip", large, unknown, made, "", "begin gzip"},
        {"gzip", small, made, unknown, "p", "gzip"},
        {"gzip", large, made, unknown, "l", "gzip"},
        // A large content is made for the first who asks, and waited for by all.
        {"gzip, zstd", large, unknown, unknown, "", "begin zstd"},
        {"gzip", large, unknown, unknown, "p", "begin gzip"},
        {"gzip, zstd", large, unknown, being_made, "p", "wait for zstd"},
        {"gzip, zstd", large, being_made, unknown, "", "wait for gzip"},
        {"gzip, zstd", large, unknown, being_made, "l", "identity"},
        {"gzip, zstd", large, unknown, unknown, "l", "identity"},
        // A small one is made when it is asked for again, and never when it is pushed.
        {"gzip", small, unknown, unknown, "", "identity"},
        {"gzip", small, unknown, unknown, "a", "begin gzip"},
        {"gzip", small, being_made, unknown, "a", "wait for gzip"},
        {"gzip", small, unknown, unknown, "pa", "identity"},
        {"gzip", small, being_made, unknown, "pa", "identity"},
        {"gzip", small, unknown, unknown, "p", "identity"},
        // Who refuses the identity waits for the coding of a small one too.
        {"gzip, identity;q=0", small, unknown, unknown, "p", "begin gzip"},
        {"gzip, identity;q=0", small, being_made, unknown, "", "wait for gzip"},
        {"gzip, identity;q=0", small, being_made, unknown, "l", "refuse"},
        {"gzip, identity;q=0", large, made, unknown, "l", "gzip"},
        // What does not become smaller is not tried again, by no coding.
        {"gzip", large, useless, unknown, "", "identity"},
        {"gzip, zstd", large, unknown, useless, "", "identity"},
        {"gzip, zstd", large, useless, unknown, "", "identity"},
        {"gzip, identity;q=0", large, useless, unknown, "", "refuse"},
        {"gzip", large, unknown, unknown, "t", "identity"},
        {"gzip, identity;q=0", large, unknown, unknown, "t", "refuse"},
    };
    for (const auto& each : cases) {
        const std::string flags = each.flags;
        const auto has = [&](char flag) {
            return flags.find(flag) != std::string::npos;
        };
        const CodingQuestion question{
            .accepted = parse_accept_encoding(each.accepted),
            .size = each.size,
            .is_pushed = has('p'),
            .was_asked = has('a'),
            .may_wait = !has('l'),
            .may_code = !has('t'),
            .gzip = each.gzip,
            .zstd = each.zstd};
        BOOST_TEST(
            text(decide_coding(question)) == each.decision,
            each.accepted << ' ' << each.size << ' ' << static_cast<int>(each.gzip) << ' '
                          << static_cast<int>(each.zstd) << ' ' << flags
        );
    }
}

BOOST_AUTO_TEST_CASE(answers_vary_if_the_content_may_be_coded) {
    BOOST_TEST(!varies_by_coding(0, true));
    BOOST_TEST(!varies_by_coding(coded_bytes_min - 1, true));
    BOOST_TEST(varies_by_coding(coded_bytes_min, true));
    BOOST_TEST(varies_by_coding(large, true));
    BOOST_TEST(!varies_by_coding(large, false));
}

BOOST_AUTO_TEST_SUITE_END()
