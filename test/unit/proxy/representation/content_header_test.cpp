#include "proxy/representation/content_header.hpp"

#include "base/file_time.hpp"
#include "base/sha256.hpp"
#include "proxy/http/entity_tag.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(content_header)

BOOST_AUTO_TEST_CASE(an_answer_with_content_has_these_fields) {
    constexpr std::int64_t mtime = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
    const std::string date = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    struct {
        const char* what;
        std::int64_t now;
        std::string type;
        std::string date;
        Coding coding = Coding::identity;
        bool varies = false;
    } const cases[] = {
        {"text", mtime + 1, "text/plain; charset=utf-8", date},
        {"of this second", mtime, "application/json", date},
        {"of the future", mtime - 1, "application/json", ""},
        {"it may be coded", mtime, "application/json", date, Coding::identity, true},
        {"zstd", mtime, "application/json", date, Coding::zstd, true},
        {"gzip of the future", mtime - 1, "text/css", "", Coding::gzip, true},
    };
    ipc::Record record;
    record.sha256 = sha256_of("content");
    record.mtime_ns = pack_file_time({mtime, 500'000'000});
    const std::string hash = to_hex(record.sha256);
    for (const auto& each : cases) {
        const std::string fixed =
            fixed_content_fields(record, {0x1a, 0x2b}, each.type, each.coding);
        HeadBuilder head(200, {.now = each.now});
        add_content_header(head, fixed, record, each.now, each.coding, each.varies);
        const std::string text = head.finish();

        const bool is_coded = each.coding != Coding::identity;
        const std::string encoding(coding_name(each.coding));
        const std::string fields =
            "ETag: " + entity_tag(record.sha256, each.coding) +
            "\r\nTreecast-Version: " + to_string(Version{0x1a, 0x2b}) +
            "\r\nTreecast-SHA256: " + hash + "\r\nContent-Type: " + each.type +
            (is_coded ? "\r\nContent-Encoding: " + encoding : "") +
            "\r\nAccept-Ranges: " + (is_coded ? "none" : "bytes") + "\r\n" +
            (each.varies ? "Vary: Accept-Encoding\r\n" : "") + each.date + "\r\n";
        BOOST_TEST(text.ends_with("\r\n" + fields), each.what << ": " << text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
