// A writer is in a file that somebody else renames, or of whose close no event tells: what counts
// is whether the kernel still has it open for writing.
#include "base/unique_fd.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <functional>

#include <fcntl.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(writers_renamed)

namespace {

UniqueFd open_for_writing(const std::string& path, int flags = 0) {
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644));
    BOOST_TEST_REQUIRE(bool(file));
    return file;
}

void write_part(const UniqueFd& file, std::string_view part) {
    BOOST_TEST_REQUIRE(
        ::write(file.get(), part.data(), part.size()) == static_cast<ssize_t>(part.size())
    );
}

/// A poll for what comes after what is there now.
HttpConnection poll_for_next(const Serving& serving, const std::string& path) {
    const std::string version = serving.get(path).header("Treecast-Version");
    return serving.poll(path, "wait=60&after=" + version);
}

/// A writer stops half-way in `written`, somebody else renames it to what is served as `served`,
/// and the writer goes on.
void check_that_half_is_not_served(
    const Files& files,
    const std::string& written,
    const std::string& served,
    const std::function<void(const TemporaryDirectory&)>& rename
) {
    const Serving serving(files);
    auto poll = poll_for_next(serving, served);
    UniqueFd writer = open_for_writing(serving.tree() / written, O_CREAT | O_TRUNC);
    write_part(writer, "half ");

    rename(serving.tree());
    BOOST_TEST(!poll.has_answer(2500ms));
    write_part(writer, "whole");
    writer.reset();

    BOOST_TEST(poll.receive().body == "half whole");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_that_is_renamed_away_and_back_is_not_done) {
    check_that_half_is_not_served({{"f", "old"}}, "f", "f", [](const TemporaryDirectory& tree) {
        std::filesystem::rename(tree / "f", tree / "f.x");
        std::filesystem::rename(tree / "f.x", tree / "f");
    });
}

BOOST_AUTO_TEST_CASE(a_file_that_is_renamed_under_its_writer_is_not_done) {
    const Files files{{"f", "old"}, {"d/g", "old"}};
    check_that_half_is_not_served(files, "f", "d/g", [](const TemporaryDirectory& tree) {
        std::filesystem::rename(tree / "f", tree / "d/g");
    });
}

BOOST_AUTO_TEST_CASE(a_new_file_that_replaces_another_under_its_writer_is_not_done) {
    check_that_half_is_not_served({{"f", "old"}}, "w", "f", [](const TemporaryDirectory& tree) {
        std::filesystem::rename(tree / "w", tree / "f");
    });
}

// The kernel tells of a close before it counts the writer as gone: a lease that is asked for in
// between is refused, and no other event follows. Here that lasts for longer: the second one closes
// it under a name that is gone, which no event tells.
BOOST_AUTO_TEST_CASE(a_close_that_the_kernel_has_told_of_too_early_is_not_the_last_look) {
    const TemporaryDirectory outside;
    const Serving serving(Files{{"f", "old"}});
    auto poll = poll_for_next(serving, "f");
    std::filesystem::create_hard_link(serving.tree() / "f", outside / "g");
    UniqueFd unseen = open_for_writing(outside / "g");
    std::filesystem::remove(outside / "g");
    serving.sync();  // the link that is gone is known
    UniqueFd writer = open_for_writing(serving.tree() / "f", O_TRUNC);
    write_part(writer, "new");
    writer.reset();
    BOOST_TEST(!poll.has_answer(1s));

    unseen.reset();
    const auto closed = std::chrono::steady_clock::now();
    BOOST_TEST(poll.receive().body == "new");

    BOOST_TEST((std::chrono::steady_clock::now() - closed < 5s));  // --open-limit is 10 s
}

BOOST_AUTO_TEST_SUITE_END()
