#include "proxy/http/accept_encoding.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(accept_encoding)

namespace {

/// "zstd gzip", "gzip", "" and a "!" if the identity is refused.
std::string text(const AcceptedCodings& accepted) {
    std::string text;
    for (const Coding coding : accepted.in_order())
        if (coding != Coding::identity)
            text.append(text.empty() ? "" : " ").append(coding_name(coding));
    return text + (accepted.refuses_identity ? "!" : "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_codings_that_we_make_remain_in_the_clients_order) {
    struct {
        const char* field;
        const char* accepted;
    } const cases[] = {
        {"", ""},
        {"gzip", "gzip"},
        {"x-gzip", "gzip"},
        {"zstd", "zstd"},
        {"GZIP", "gzip"},
        {"br", ""},
        {"deflate, br", ""},
        {"gzip, deflate, br, zstd", "zstd gzip"},  // browsers
        {"gzip, deflate, br", "gzip"},
        {"identity", ""},
        {"*", "zstd gzip"},
        // weights
        {"gzip;q=1.0, zstd;q=0.5", "gzip zstd"},
        {"gzip;q=0.001", "gzip"},
        {"gzip;q=0, zstd", "zstd"},
        {"gzip;q=0.000", ""},
        {"gzip ; q=0.5 ,zstd\t;\tQ=0.6", "zstd gzip"},
        {"gzip;q=0.5;x=y, zstd;x;q=0.4", "gzip zstd"},
        {"*;q=0.5, gzip;q=0.6", "gzip zstd"},
        {"*, gzip;q=0", "zstd"},
        {"*;q=0, gzip", "gzip!"},
        // the identity
        {"identity;q=0", "!"},
        {"*;q=0", "!"},
        {"*;q=0, identity", ""},
        {"*;q=0, identity;q=0.1", ""},
        {"gzip, identity;q=0", "gzip!"},
        {"gzip, *;q=0", "gzip!"},
        {"gzip, zstd;q=0.5, identity;q=0", "gzip zstd!"},
        {"br, identity;q=0", "!"},
        {"identity, gzip;q=0.5", ""},
        {"identity, gzip", "gzip"},
        {"identity;q=0.5, gzip;q=0.5, zstd;q=0.4", "gzip"},
        // what is malformed
        {"gzip;q=", "gzip"},
        {"gzip;q=2", "gzip"},
        {"gzip;q=1.001", "gzip"},
        {"gzip;q=0.1234, zstd;q=0.9", "gzip zstd"},
        {"gzip;q=-1", "gzip"},
        {"gzip;q=.5", "gzip"},
        {"gzip;q=1.", "gzip"},
        {"gzip;q=0.", ""},
        {"gzip;q=x, zstd", "zstd gzip"},
        {"gzip zstd", ""},
        {",, ;, gzip,;q=1", "gzip"},
        {"\"gzip\"", ""},
        {"gzip;q=0.5, gzip", "gzip"},
        {"gzip;q=0, gzip", ""},
    };
    for (const auto& each : cases)
        BOOST_TEST(text(parse_accept_encoding(each.field)) == each.accepted, each.field);
}

BOOST_AUTO_TEST_SUITE_END()
