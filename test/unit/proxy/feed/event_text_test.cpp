#include "proxy/feed/event_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace std::chrono_literals;
using ipc::FileState;

BOOST_AUTO_TEST_SUITE(event_text)

namespace {

ListedFile file_of(std::string path, FileState state) {
    ListedFile listed;
    listed.path = std::move(path);
    listed.record.state = state;
    listed.record.content_revision = 7;
    listed.record.reason = state == FileState::unavailable ? ipc::UnavailableReason::too_large
                                                           : ipc::UnavailableReason::none;
    return listed;
}

const FeedCursor cursor{{255, 12}, {}};

}  // namespace

BOOST_AUTO_TEST_CASE(each_state_is_a_change_or_a_deletion) {
    const std::string object = R"({"path":"f","version":"00000000000000ff.7",)";
    struct {
        FileState state;
        std::string text;
    } const cases[] = {
        {FileState::none, "event: delete\ndata: " + object + "\"deleted\":true}\n\n"},
        {FileState::deleted, "event: delete\ndata: " + object + "\"deleted\":true}\n\n"},
        {FileState::directory, "event: delete\ndata: " + object + "\"deleted\":true}\n\n"},
        {FileState::unavailable,
         "event: change\ndata: " + object + "\"unavailable\":\"too_large\"}\n\n"},
        {FileState::present,
         "event: change\ndata: " + object +
             R"("size":0,"mtime":"1970-01-01T00:00:00.000000000Z","mode":"0000","sha256":null})"
             "\n\n"},
    };
    for (const auto& each : cases) {
        const ListedFile file = file_of("f", each.state);
        BOOST_TEST(change_events({&file, 1}, 255, std::nullopt) == each.text);
        BOOST_TEST(
            change_events({&file, 1}, 255, cursor) == "id: 00000000000000ff.12\n" + each.text
        );
    }
}

BOOST_AUTO_TEST_CASE(only_the_last_event_has_the_id) {
    std::vector<ListedFile> files;
    BOOST_TEST(change_events(files, 255, cursor).empty());
    for (const char* const path : {"a", "b", "c"})
        files.push_back(file_of(path, FileState::deleted));
    const std::string text = change_events(files, 255, cursor);
    const auto id = text.find("id: 00000000000000ff.12\nevent: delete\ndata: {\"path\":\"c\"");
    BOOST_TEST(id != text.npos);
    BOOST_TEST(text.find("id:") == id);
    BOOST_TEST((change_events(files, 255, std::nullopt).find("id:") == text.npos));
}

BOOST_AUTO_TEST_CASE(no_path_ends_its_line) {
    for (const char* const path : {"a\nb", "a\rb", "a\r\nid: 1", "\n\n", "data: \n"}) {
        const ListedFile file = file_of(path, FileState::deleted);
        const std::string text = change_events({&file, 1}, 255, std::nullopt);
        BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 3);
        BOOST_TEST(text.find('\r') == text.npos);
    }
}

BOOST_AUTO_TEST_CASE(a_reset_voids_the_id_and_ready_brings_one) {
    const FeedCursor begun{{255, 12}, SnapshotPlace{}};
    BOOST_TEST(
        reset_event("main", begun) ==
        "id:\nevent: reset\ndata: "
        "{\"cursor\":\"00000000000000ff.12.0-0\",\"instance\":\"main\"}\n\n"
    );
    BOOST_TEST(
        ready_event("main", cursor) ==
        "id: 00000000000000ff.12\nevent: ready\n"
        "data: {\"cursor\":\"00000000000000ff.12\",\"instance\":\"main\"}\n\n"
    );
    BOOST_TEST(progress_text(cursor) == "id: 00000000000000ff.12\n\n");
    BOOST_TEST(retry_text(1500ms) == "retry: 1500\n\n");
    BOOST_TEST(heartbeat_text == ":\n\n");
}

BOOST_AUTO_TEST_SUITE_END()
