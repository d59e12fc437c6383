#include "proxy/http/compressed_type.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(compressed_type)

BOOST_AUTO_TEST_CASE(which_types_are_compressed) {
    struct {
        const char* type;
        bool is_compressed;
    } const cases[] = {
        {"image/png", true},
        {"IMAGE/PNG", true},
        {"image/svg+xml", false},
        {"image/svg+xml; charset=utf-8", false},
        {"image/x-icon", false},
        {"video/mp4", true},
        {"audio/mpeg", true},
        {"audio/wav", false},
        {"application/gzip", true},
        {"application/zip ; x=y", true},
        {"application/zstd", true},
        {"font/woff2", true},
        {"font/ttf", false},
        {"application/json", false},
        {"text/plain; charset=utf-8", false},
        {"application/octet-stream", false},
        {"application/vnd.openpolicyagent.bundles", false},  // shows by its samples
        {"imagery/png", false},
        {"image", false},
        {"", false},
    };
    for (const auto& each : cases)
        BOOST_TEST(is_compressed_type(each.type) == each.is_compressed, each.type);
}

BOOST_AUTO_TEST_SUITE_END()
