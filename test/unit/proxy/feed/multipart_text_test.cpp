#include "proxy/feed/multipart_text.hpp"

#include "base/file_time.hpp"
#include "proxy/representation/content_header.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>

#include <sys/stat.h>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(multipart_text)

namespace {

constexpr std::int64_t now = 1'700'000'100;
constexpr std::uint64_t epoch = 0x1a;

ipc::Record present_file() {
    ipc::Record record;
    record.state = ipc::FileState::present;
    record.change_revision = 9;
    record.content_revision = 7;
    record.size = 6;
    record.mode = S_IFREG | 0644;
    record.mtime_ns = pack_file_time({1'700'000'000, 5});
    record.hash_known = true;
    record.sha256 = sha256_of("hello\n");
    return record;
}

const std::string hash = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
const std::string tag = "\"5891b5b522d5df086d0ff0b110fbd9d2\"";
const std::string date = "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n";

}  // namespace

BOOST_AUTO_TEST_CASE(parts_are_as_their_files_are) {
    const auto make = [](const std::function<void(ipc::Record&)>& edit) {
        ipc::Record record = present_file();
        edit(record);
        return record;
    };
    const auto content = [&](std::string_view path, const ipc::Record& record) {
        const std::string fixed =
            fixed_content_fields(record, {epoch, 7}, "text/plain", Coding::identity);
        std::string text;
        MultipartText("B").append_content(text, path, record, fixed, now);
        return text;
    };
    const auto left_out = [&](const ipc::Record& record, LeftOut why) {
        std::string text;
        MultipartText("B").append_left_out(text, "a", record, epoch, why, now);
        return text;
    };
    const std::string version = "Treecast-Version: 000000000000001a.7\r\n";
    const std::string begin_a = "\r\n--B\r\nContent-Location: /v1/files/a\r\n";
    const std::string fixed_fields = "ETag: " + tag + "\r\n" + version +
                                     "Treecast-SHA256: " + hash +
                                     "\r\nContent-Type: text/plain\r\n";
    struct {
        std::string text;
        std::string expected;
    } const cases[] = {
        {content("a", present_file()),
         begin_a + "Treecast-Mode: 0644\r\n" + fixed_fields + date + "Content-Length: 6\r\n\r\n"},
        {content("d/\r\n\xC3\xA4 +", present_file()),
         "\r\n--B\r\nContent-Location: /v1/files/d/%0D%0A%C3%A4%20%2B\r\nTreecast-Mode: 0644\r\n" +
             fixed_fields + date + "Content-Length: 6\r\n\r\n"},
        {content("a", make([](ipc::Record& record) {
                     record.mode = S_IFREG | 04755;
                     record.mtime_ns = pack_file_time({now + 1, 0});  // later than Date would be
                     record.reason = ipc::UnavailableReason::unreadable;
                 })),
         begin_a + "Treecast-Reason: unreadable\r\nTreecast-Mode: 4755\r\n" + fixed_fields +
             "Content-Length: 6\r\n\r\n"},
        {left_out(present_file(), LeftOut::large),
         begin_a + "Treecast-Event: change\r\nTreecast-Reason: large\r\nTreecast-Size: 6\r\n" +
             "Treecast-Mode: 0644\r\n" + version + "Treecast-SHA256: " + hash + "\r\nETag: " + tag +
             "\r\n" + date + "Content-Length: 0\r\n\r\n"},
        {left_out(
             make([](ipc::Record& record) {
                 record.hash_known = false;
                 record.mode = S_IFREG;
             }),
             LeftOut::not_loaded
         ),
         begin_a + "Treecast-Event: change\r\nTreecast-Reason: not_loaded\r\nTreecast-Size: 6\r\n" +
             "Treecast-Mode: 0000\r\n" + version + date + "Content-Length: 0\r\n\r\n"},
        {left_out(
             make([](ipc::Record& record) {
                 record.hash_known = false;
                 record.reason = ipc::UnavailableReason::hung;
             }),
             LeftOut::unreadable
         ),
         begin_a + "Treecast-Event: change\r\nTreecast-Reason: hung\r\nTreecast-Size: 6\r\n" +
             "Treecast-Mode: 0644\r\n" + version + date + "Content-Length: 0\r\n\r\n"},
    };
    for (const auto& each : cases)
        BOOST_TEST(each.text == each.expected);
}

BOOST_AUTO_TEST_CASE(files_that_are_not_there_have_an_event_and_their_version) {
    const MultipartText multipart("B");
    ipc::Record record = present_file();
    record.state = ipc::FileState::unavailable;
    record.reason = ipc::UnavailableReason::private_file;
    std::string text;
    multipart.append_unavailable(text, "x y", record, epoch);
    multipart.append_deleted(text, "z", {epoch, 12});
    BOOST_TEST(
        text ==
        "\r\n--B\r\nContent-Location: /v1/files/x%20y\r\nTreecast-Event: unavailable\r\n"
        "Treecast-Reason: private\r\nTreecast-Version: 000000000000001a.7\r\n"
        "Content-Length: 0\r\n\r\n"
        "\r\n--B\r\nContent-Location: /v1/files/z\r\nTreecast-Event: delete\r\n"
        "Treecast-Version: 000000000000001a.12\r\nContent-Length: 0\r\n\r\n"
    );
}

BOOST_AUTO_TEST_CASE(json_is_at_both_ends) {
    const MultipartText multipart("0123");
    std::string text;
    multipart.append_first(text, "{}\n");
    multipart.append_last(text, "{\"more\":true}\n");
    BOOST_TEST(
        text ==
        "--0123\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{}\n"
        "\r\n--0123\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n"
        "{\"more\":true}\n\r\n--0123--\r\n"
    );
    BOOST_TEST(multipart.content_type() == "multipart/mixed; boundary=0123");
}

BOOST_AUTO_TEST_SUITE_END()
