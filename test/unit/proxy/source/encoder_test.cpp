#include "proxy/source/encoder.hpp"

#include "proxy/source/made_writer.hpp"
#include "test/support/decode_content.hpp"
#include "test/support/made_bytes.hpp"
#include "test/support/random_bytes.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(encoder)

namespace {

constexpr std::uint64_t plenty = std::uint64_t{64} << 20;

/// Empty: there was no room.
std::string encoded(
    Coding coding,
    std::string_view text,
    std::size_t piece,
    std::uint64_t room = plenty,
    std::uint64_t bytes_max = plenty
) {
    MadeContents contents(room);
    MadeWriter writer(contents);
    Encoder encoder(coding, writer, bytes_max);
    for (; text.size() > piece; text.remove_prefix(piece))
        if (!encoder.append(text.substr(0, piece), false))
            return {};
    return encoder.append(text, true) ? bytes_of(*writer.finish()) : std::string();
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_decoded_is_what_was_appended_however_it_was_cut) {
    std::string text;
    for (int i = 0; i < 100'000; ++i)
        text += std::to_string(i);
    for (const auto coding : {Coding::identity, Coding::gzip, Coding::zstd})
        for (const std::string& each : {std::string(), std::string("a"), text}) {
            const auto name = coding_name(coding);
            const std::string whole = encoded(coding, each, each.size() + 1);
            BOOST_TEST((decode_content(name, whole) == each));
            for (const std::size_t piece : {std::size_t{1000}, std::size_t{300'000}})
                BOOST_TEST((decode_content(name, encoded(coding, each, piece)) == each));
            BOOST_TEST((encoded(coding, each, each.size() + 1) == whole));
        }
}

BOOST_AUTO_TEST_CASE(gzip_has_no_time_and_no_name) {
    const std::string bytes = encoded(Coding::gzip, "text", 4);
    BOOST_TEST((bytes.substr(0, 9) == std::string("\x1f\x8b\x08\0\0\0\0\0\0", 9)));
}

BOOST_AUTO_TEST_CASE(it_gives_up_where_there_is_no_room) {
    const std::string noise = random_bytes(1 << 20, 1);
    for (const auto coding : {Coding::identity, Coding::gzip, Coding::zstd})
        BOOST_TEST(encoded(coding, noise, noise.size(), 100'000).empty());
}

BOOST_AUTO_TEST_CASE(it_gives_up_where_the_result_is_too_long) {
    const std::string noise = random_bytes(1 << 20, 1);
    for (const auto coding : {Coding::identity, Coding::gzip, Coding::zstd})
        BOOST_TEST(encoded(coding, noise, 1000, plenty, 1 << 19).empty());
}

BOOST_AUTO_TEST_SUITE_END()
