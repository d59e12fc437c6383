#include "ipc/message.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace treecast::ipc;

BOOST_AUTO_TEST_SUITE(message)

namespace {

struct WordsCase {
    const char* name;
    std::vector<std::uint64_t> words;
    std::size_t bytes;
};

std::span<const std::byte> bytes_of(const WordsCase& words) {
    return std::as_bytes(std::span(words.words)).first(words.bytes);
}

constexpr std::uint64_t head(std::uint64_t kind, std::uint64_t count) {
    return kind | count << 32;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_notification_comes_back) {
    const auto words = pack(Notification{1, ~std::uint64_t{0}, FileId{3}});

    const auto again = unpack_notification(std::as_bytes(std::span(words)));

    BOOST_REQUIRE(again);
    BOOST_TEST(again->epoch == 1U);
    BOOST_TEST(again->revision == ~std::uint64_t{0});
    BOOST_TEST(again->file.value == 3U);
}

BOOST_AUTO_TEST_CASE(a_notification_of_another_length_or_kind_is_refused) {
    const auto sound = pack(Notification{1, 2, FileId{3}});
    const auto bytes = std::as_bytes(std::span(sound));
    for (std::size_t length = 0; length < bytes.size(); ++length)
        BOOST_TEST(!unpack_notification(bytes.first(length)));

    auto other = sound;
    other[0] ^= 1;
    BOOST_TEST(!unpack_notification(std::as_bytes(std::span(other))));
}

BOOST_AUTO_TEST_CASE(a_request_comes_back) {
    for (const auto kind : {RequestKind::want, RequestKind::in_use})
        for (const std::size_t count : {std::size_t{1}, std::size_t{2}, request_files_max}) {
            Request request{9, kind, {}};
            for (std::size_t i = 0; i < count; ++i)
                request.files.push_back(FileId{i * 7});
            const auto words = pack(request);

            const auto again = unpack_request(std::as_bytes(std::span(words)));

            BOOST_TEST(words.size() * 8 <= request_bytes_max);
            BOOST_REQUIRE(again);
            BOOST_TEST(again->epoch == 9U);
            BOOST_TEST((again->kind == kind));
            BOOST_TEST((again->files == request.files));
        }
}

BOOST_AUTO_TEST_CASE(that_a_pair_is_claimed_comes_back) {
    const auto words = pack(Request{0, RequestKind::claimed, {}});

    const auto again = unpack_request(std::as_bytes(std::span(words)));

    BOOST_REQUIRE(again);
    BOOST_TEST((again->kind == RequestKind::claimed));
    BOOST_TEST(again->files.empty());
}

BOOST_AUTO_TEST_CASE(a_request_for_too_many_files_is_cut) {
    const auto words = pack(Request{1, RequestKind::want, std::vector<FileId>(500)});

    BOOST_TEST(words.size() == request_files_max + 2);
    BOOST_TEST(unpack_request(std::as_bytes(std::span(words))).has_value());
}

BOOST_AUTO_TEST_CASE(requests_that_no_worker_makes_are_refused) {
    const std::vector<std::uint64_t> many(200, 5);
    std::vector<std::uint64_t> over = many;
    over[0] = head(1, request_files_max + 1);
    std::vector<std::uint64_t> wrapping = many;
    wrapping[0] = head(1, 0xffffffff);
    const WordsCase cases[] = {
        {"nothing", {0}, 0},
        {"a byte", {0}, 1},
        {"half a head", {head(1, 1), 0}, 12},
        {"no kind", {head(0, 1), 0, 0}, 24},
        {"unknown kind", {head(4, 1), 0, 0}, 24},
        {"claimed, with a file", {head(3, 1), 0, 0}, 24},
        {"no files", {head(1, 0), 0}, 16},
        {"fewer than it says", {head(1, 2), 0, 0}, 24},
        {"more than it says", {head(1, 1), 0, 0, 0}, 32},
        {"a byte too few", {head(1, 1), 0, 0}, 23},
        {"more than allowed", over, (request_files_max + 3) * 8},
        {"a count that wraps", wrapping, 1024},
        {"longer than a message can be", many, 1600},
    };
    for (const WordsCase& item : cases)
        BOOST_TEST(!unpack_request(bytes_of(item)), item.name);
}

BOOST_AUTO_TEST_CASE(random_bytes_never_make_a_request_longer_than_they_are) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 20000; ++i) {
        std::vector<std::uint64_t> words(1 + random() % 128);
        for (auto& word : words)
            word = random() & random() & random();
        words[0] = head(random() % 4, random() % 130);
        const auto request = unpack_request(std::as_bytes(std::span(words)));
        BOOST_TEST((!request || request->files.size() == words.size() - 2));
    }
}

BOOST_AUTO_TEST_SUITE_END()
