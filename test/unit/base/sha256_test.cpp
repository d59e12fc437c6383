#include "base/sha256.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(sha256)

namespace {

// The examples of FIPS 180-4.
constexpr std::string_view hash_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view hash_of_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

}  // namespace

BOOST_AUTO_TEST_CASE(published_examples_hold) {
    BOOST_TEST(to_hex(sha256_of("")) == hash_of_nothing);
    BOOST_TEST(to_hex(sha256_of("abc")) == hash_of_abc);
    BOOST_TEST(
        to_hex(sha256_of(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
}

BOOST_AUTO_TEST_CASE(pieces_hash_as_the_whole_and_digest_may_be_asked_in_between) {
    Sha256Hasher hasher;
    BOOST_TEST(to_hex(hasher.digest()) == hash_of_nothing);

    hasher.update("a", 1);
    BOOST_TEST((hasher.digest() == sha256_of("a")));
    hasher.update("", 0);
    Sha256Hasher moved = std::move(hasher);
    moved.update("bc", 2);

    BOOST_TEST(to_hex(moved.digest()) == hash_of_abc);
    BOOST_TEST(to_hex(moved.digest()) == hash_of_abc);
}

BOOST_AUTO_TEST_CASE(one_hasher_hashes_one_stream_after_the_other) {
    Sha256Hasher hasher;
    hasher.update("ab", 2);
    hasher.restart();
    hasher.update("abc", 3);
    BOOST_TEST(to_hex(hasher.finish()) == hash_of_abc);

    hasher.restart();
    BOOST_TEST(to_hex(hasher.finish()) == hash_of_nothing);
}

BOOST_AUTO_TEST_CASE(hexadecimal_round_trips_and_nothing_else_is_taken) {
    const Sha256 hash = sha256_of("x");
    const std::string text = to_hex(hash);

    BOOST_TEST_REQUIRE(sha256_from_hex(text).has_value());
    BOOST_TEST((*sha256_from_hex(text) == hash));

    const std::string rows[] = {
        "",
        text.substr(1),
        text + '0',
        'g' + text.substr(1),
        'A' + text.substr(1),
        ' ' + text.substr(1),
        "0x" + text.substr(2),
        text.substr(1) + '\0',
    };
    for (const std::string& row : rows)
        BOOST_TEST(!sha256_from_hex(row).has_value(), row);
}

BOOST_AUTO_TEST_SUITE_END()
