// Copies of real files while real writers are in them.
#include "daemon/capture.hpp"

#include "ipc/segment_reader.hpp"
#include "test/support/instance_guard.hpp"
#include "test/support/poll_until.hpp"
#include "test/support/temporary_directory.hpp"
#include "watcher/tree_root.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

#include <fcntl.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(capture_of_a_file)

namespace {

struct Fixture {
    TemporaryDirectory tree;
    watcher::TreeRoot root{tree.path()};
    InstanceGuard instance{Leftovers::are_expected};
    ipc::ObjectDirectory objects =
        ipc::ObjectDirectory::create(instance.base(), instance.instance());
    SegmentStock segments{objects};

    CaptureRequest request() {
        CaptureRequest made;
        made.size_max = 64 << 20;
        made.segments = &segments;
        return made;
    }
    /// Allowed to block, as the daemon does, where the filesystem cannot tell (an overlay).
    Capture once(const std::string& name, CaptureRequest made) const {
        const Look look = daemon::look_at(root, name);
        BOOST_TEST_REQUIRE((look.seen == Seen::file));
        Capture result = capture(look, made);
        if (result.end != CaptureEnd::would_block || look.stat.size > inline_bytes_max)
            return result;
        made.may_block = true;
        return capture(look, made);
    }
    /// Again while the clock has not passed the file's ctime.
    Capture when_settled(const std::string& name, CaptureRequest made) {
        Capture result = once(name, made);
        BOOST_TEST(poll_until([&] {
            if (result.end != CaptureEnd::too_soon)
                return true;
            result = once(name, made);
            return false;
        }));
        return result;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_quiet_file_is_copied_with_its_hash, Fixture) {
    const std::string content(100'000, 'q');
    tree.write("f", content);

    auto captured = when_settled("f", request());

    BOOST_TEST((captured.end == CaptureEnd::captured));
    BOOST_TEST((captured.sha256 == sha256_of(content)));
    BOOST_TEST(captured.stat.size == content.size());
    BOOST_TEST_REQUIRE(captured.segment.has_value());
    BOOST_TEST(captured.segment->size() == content.size());
    const ipc::FileId file{1};
    BOOST_TEST(!captured.segment->publish(file, 5));
    ipc::Record record;
    record.state = ipc::FileState::present;
    record.resident = true;
    record.content_revision = 5;
    record.size = content.size();
    const auto segment = ipc::open_segment(objects, file, record);
    BOOST_TEST_REQUIRE(segment.has_value());
    BOOST_TEST((read_file("/proc/self/fd/" + std::to_string(segment->get())) == content));
}

BOOST_FIXTURE_TEST_CASE(a_file_just_written_is_not_trusted_within_a_tick_of_the_clock, Fixture) {
    // Somewhere within a few ticks a write and a look fall into the same one.
    const bool seen = poll_until([&] {
        tree.write("f", "x");
        return once("f", request()).end == CaptureEnd::too_soon;
    });

    BOOST_TEST(seen);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_arrived_by_rename_is_copied_at_once, Fixture) {
    for (int i = 0; i < 100; ++i) {
        tree.replace("f", std::to_string(i));
        auto made = request();
        made.arrived_whole = true;

        const auto captured = once("f", made);

        BOOST_TEST((captured.end == CaptureEnd::captured));
        BOOST_TEST((captured.sha256 == sha256_of(std::to_string(i))));
    }
}

// Whoever renamed it need not be the one who writes it.
BOOST_FIXTURE_TEST_CASE(a_file_that_arrived_and_that_a_writer_is_in_is_not_taken, Fixture) {
    auto made = request();
    made.arrived_whole = true;
    tree.replace("f", "arrived");
    UniqueFd writer(::open((tree / "f").c_str(), O_WRONLY | O_CLOEXEC));

    const auto during = once("f", made);
    writer.reset();
    const auto afterwards = when_settled("f", made);

    BOOST_TEST((during.end == CaptureEnd::writer_inside));
    BOOST_TEST((afterwards.end == CaptureEnd::captured));
    BOOST_TEST(!afterwards.writer_ruled_out);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_open_for_writing_is_told_apart, Fixture) {
    tree.write("f", "begun");
    UniqueFd writer(::open((tree / "f").c_str(), O_WRONLY | O_CLOEXEC));

    const auto during = when_settled("f", request());
    auto accepting = request();
    accepting.writer_accepted = true;
    const auto accepted = when_settled("f", accepting);
    writer.reset();
    const auto after = when_settled("f", request());

    BOOST_TEST((during.end == CaptureEnd::writer_inside));
    BOOST_TEST(!during.extends_published);
    BOOST_TEST((accepted.end == CaptureEnd::captured));
    BOOST_TEST((after.end == CaptureEnd::captured));
}

BOOST_FIXTURE_TEST_CASE(an_append_is_told_from_a_rewrite_while_the_writer_is_inside, Fixture) {
    struct Row {
        const char* content;
        bool extends;
    };
    const Row rows[] = {
        {"begun and more", true},
        {"Begun and more", false},
        {"begun", false},
        {"beg", false}};

    for (const Row& row : rows) {
        tree.write("f", row.content);
        const UniqueFd writer(::open((tree / "f").c_str(), O_WRONLY | O_CLOEXEC));
        auto made = request();
        made.published = PublishedContent{5, sha256_of("begun")};

        const auto captured = when_settled("f", made);

        BOOST_TEST((captured.end == CaptureEnd::writer_inside), row.content);
        BOOST_TEST(captured.extends_published == row.extends, row.content);
    }
}

BOOST_FIXTURE_TEST_CASE(
    a_file_that_is_written_to_all_the_time_is_copied_where_that_is_accepted,
    Fixture
) {
    tree.write("f", "begun");
    const UniqueFd writer(::open((tree / "f").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    for (int i = 0; i < 50; ++i) {
        auto extending = request();
        extending.published = PublishedContent{5, sha256_of("begun")};
        extending.extension_accepted = true;
        auto accepting = request();
        accepting.writer_accepted = accepting.change_accepted = true;

        // Within a tick of the clock, as all of this is.
        BOOST_TEST_REQUIRE((::write(writer.get(), "+", 1) == 1));
        const auto extended = once("f", extending);
        const auto accepted = once("f", accepting);

        BOOST_TEST((extended.end == CaptureEnd::writer_inside));
        BOOST_TEST(extended.extends_published);
        BOOST_TEST((accepted.end == CaptureEnd::captured));
        const std::string content = "begun" + std::string(static_cast<std::size_t>(i) + 1, '+');
        for (const auto& captured : {&extended, &accepted}) {
            BOOST_TEST((captured->sha256 == sha256_of(content)));
            BOOST_TEST(captured->stat.size == content.size());
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_large_file_is_left_to_those_who_may_block, Fixture) {
    tree.write("f", std::string(inline_bytes_max + 1, 'l'));

    BOOST_TEST((when_settled("f", request()).end == CaptureEnd::would_block));
    auto patient = request();
    patient.may_block = true;
    BOOST_TEST((when_settled("f", patient).end == CaptureEnd::captured));
}

BOOST_FIXTURE_TEST_CASE(a_large_file_hashes_to_the_same_on_the_way_and_afterwards, Fixture) {
    std::string content(std::size_t{3} << 20, '\0');
    for (std::size_t i = 0; i < content.size(); ++i)
        content[i] = static_cast<char>(i * i / 7 + i % 251);
    tree.write("f", content);
    // Before, at and behind the end of a piece; the whole.
    const std::size_t heads[] = {0, 1, inline_bytes_max, inline_bytes_max + 4096, 1'000'001};
    for (const bool hash_last : {false, true}) {
        for (const bool with_segment : {false, true}) {
            for (const std::size_t head : heads) {
                auto made = request();
                made.may_block = true;
                made.hash_last = hash_last;
                if (!with_segment)
                    made.segments = nullptr;
                made.published = PublishedContent{head, sha256_of(content.substr(0, head))};

                const auto captured = when_settled("f", made);

                BOOST_TEST_CONTEXT(hash_last << with_segment << ' ' << head) {
                    BOOST_TEST((captured.end == CaptureEnd::captured));
                    BOOST_TEST((captured.sha256 == sha256_of(content)));
                    BOOST_TEST(captured.extends_published);
                    BOOST_TEST(captured.segment.has_value() == with_segment);
                }
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_file_above_the_limit_is_not_read, Fixture) {
    tree.write("f", "123456");
    auto made = request();
    made.size_max = 5;

    BOOST_TEST((when_settled("f", made).end == CaptureEnd::too_large));
}

BOOST_FIXTURE_TEST_CASE(a_hash_alone_leaves_no_object, Fixture) {
    tree.write("f", "content");
    auto made = request();
    made.segments = nullptr;

    const auto captured = when_settled("f", made);

    BOOST_TEST((captured.end == CaptureEnd::captured));
    BOOST_TEST((captured.sha256 == sha256_of("content")));
    BOOST_TEST(!captured.segment.has_value());
    BOOST_TEST(instance.objects().size() == 1);  // the directory
}

BOOST_FIXTURE_TEST_CASE(a_segment_is_made_ahead_once_one_was_wanted, Fixture) {
    const auto loads = [&] {
        return instance.objects().size() - 1;  // without the directory
    };
    segments.replenish();
    BOOST_TEST(loads() == 0u);
    {
        const auto first = segments.take();
        BOOST_TEST_REQUIRE(first.has_value());
        BOOST_TEST(loads() == 1u);
        segments.replenish();
        segments.replenish();
        BOOST_TEST(loads() == 2u);

        const auto second = segments.take();
        BOOST_TEST_REQUIRE(second.has_value());
        BOOST_TEST(loads() == 2u);
        const auto third = segments.take();
        BOOST_TEST_REQUIRE(third.has_value());
        BOOST_TEST(loads() == 3u);
    }
    BOOST_TEST(loads() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
