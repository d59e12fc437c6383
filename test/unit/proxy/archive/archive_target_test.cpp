#include "proxy/archive/archive_target.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(archive_target)

BOOST_AUTO_TEST_CASE(the_name_says_what_it_is_of) {
    const std::string long_name(255, 'x');
    struct {
        std::string encoded;
        std::string prefix;
        Coding coding;
        std::string name;
    } const cases[] = {
        {".tar", "", Coding::identity, ".tar"},
        {".tar.gz", "", Coding::gzip, ".tar.gz"},
        {".tar.zst", "", Coding::zstd, ".tar.zst"},
        {"conf.tar", "conf/", Coding::identity, "conf.tar"},
        {"conf/a.tar.gz", "conf/a/", Coding::gzip, "conf/a.tar.gz"},
        {"a.tar.tar", "a.tar/", Coding::identity, "a.tar.tar"},
        {"a.tar.gz.tar.zst", "a.tar.gz/", Coding::zstd, "a.tar.gz.tar.zst"},
        {"a%20b+.tar", "a b+/", Coding::identity, "a b+.tar"},
        {"%c3%a4%0A.tar", "\xc3\xa4\n/", Coding::identity, "\xc3\xa4\n.tar"},
        {long_name + ".tar.gz", long_name + '/', Coding::gzip, long_name + ".tar.gz"},
    };
    for (const auto& each : cases) {
        const ParsedArchiveTarget parsed = parse_archive_target(each.encoded);
        BOOST_TEST(parsed.status == 0u, each.encoded);
        BOOST_TEST(parsed.target.prefix == each.prefix);
        BOOST_TEST(parsed.target.name == each.name);
        BOOST_TEST((parsed.target.coding == each.coding), each.encoded);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_name_is_refused) {
    struct {
        std::string encoded;
        unsigned status;
    } const cases[] = {
        {"", 404},
        {"conf", 404},
        {"conf/", 404},
        {"conf.zip", 404},
        {"conf.tar.xz", 404},
        {"conf.tgz", 404},
        {"tar", 404},
        {"conf%2Etar", 404},
        {"conf.TAR", 404},
        {"conf.tar/", 404},
        {"conf/.tar", 400},
        {"/.tar", 400},
        {"/conf.tar", 400},
        {"../conf.tar", 400},
        {"a//b.tar.gz", 400},
        {"a%2Fb.tar", 400},
        {"a%00.tar", 400},
        {"a%.tar", 400},
        {"%ff.tar", 400},
        {std::string(256, 'x') + ".tar", 400},
    };
    for (const auto& each : cases) {
        const ParsedArchiveTarget parsed = parse_archive_target(each.encoded);
        BOOST_TEST(parsed.status == each.status, each.encoded);
        BOOST_TEST(parsed.reason.ends_with('.'));
    }
}

BOOST_AUTO_TEST_SUITE_END()
