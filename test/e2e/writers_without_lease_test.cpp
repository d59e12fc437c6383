// Somebody else's open and close of a file that a writer is in, where no lease tells who is inside:
// a daemon that neither owns the files nor may take leases.
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(writers_without_lease)

namespace {

constexpr uid_t other_user = 61'001;  // of no account, owner of nothing
// Longer than a second, which is how old a file must be to be read where no lease is to be had.
constexpr auto a_while = 1500ms;

/// An event between two others, which else would be one if they are equal.
void touch_times(const UniqueFd& file) {
    BOOST_TEST_REQUIRE(::futimens(file.get(), nullptr) == 0);
}

/// A daemon that may take no leases, and a held poll for `f`.
class Watched {
public:
    explicit Watched(std::vector<std::string> options = {}) : programs_(other_user) {
        write("f", "old content");
        const ChildOptions user{.user = other_user, .group = other_user};
        programs_.start_daemon(std::move(options), user);
        programs_.start_proxy({}, user);
        BOOST_TEST_REQUIRE(programs_.wait_until_ready());
        poll_again();
    }

    PairOfPrograms& programs() { return programs_; }
    std::string path(const char* name = "f") const { return programs_.tree() / name; }
    void write(const char* name, const char* content) { programs_.tree().write(name, content); }

    UniqueFd open(int flags, const char* name = "f") const {
        UniqueFd file(::open(path(name).c_str(), flags | O_CLOEXEC, 0644));
        BOOST_TEST_REQUIRE(bool(file));
        return file;
    }
    /// What `touch` does: it opens the file for writing, and closes it.
    void touch(const char* name = "f") const {
        touch_times(open(O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK, name));
    }
    void read(const char* name = "f") const {
        const UniqueFd file = open(O_RDONLY, name);
        char byte = 0;
        BOOST_TEST_REQUIRE(::read(file.get(), &byte, 1) >= 0);
    }

    void poll_again() {
        const auto answer = programs_.get("f");
        poll_.emplace(programs_.poll("f", "wait=60&after=" + answer.header("Treecast-Version")));
    }
    bool has_news(std::chrono::milliseconds time = a_while) { return poll_->has_answer(time); }
    std::string news(std::chrono::milliseconds time = 8s) { return poll_->receive(time).body; }
    std::string counter(const std::string& name) {
        const std::string status = http_get(programs_.server(), "/v1/status").body;
        const auto at = status.find('"' + name + "\":");
        const auto begin = at + name.size() + 3;
        return at == status.npos ? "none"
                                 : status.substr(begin, status.find_first_of(",}", begin) - begin);
    }

private:
    PairOfPrograms programs_;
    std::optional<HttpConnection> poll_;
};

void write_part(const UniqueFd& file, std::string_view part) {
    BOOST_TEST_REQUIRE(
        ::write(file.get(), part.data(), part.size()) == static_cast<ssize_t>(part.size())
    );
}

const auto may_change_users = needs(need::other_users());

}  // namespace

BOOST_AUTO_TEST_CASE(a_touch_is_not_the_writers_close, *may_change_users) {
    Watched watched;
    UniqueFd writer = watched.open(O_WRONLY | O_TRUNC);
    write_part(writer, "half ");
    BOOST_TEST(!watched.has_news(300ms));

    watched.touch();
    BOOST_TEST(!watched.has_news());
    watched.touch();
    BOOST_TEST(!watched.has_news());
    write_part(writer, "whole");
    writer.reset();

    BOOST_TEST(watched.news() == "half whole");
    BOOST_TEST(watched.counter("published_while_open") == "0");
    BOOST_TEST(watched.counter("read_without_lease") != "0");
}

BOOST_AUTO_TEST_CASE(of_two_writers_the_last_to_close_is_waited_for, *may_change_users) {
    Watched watched;
    UniqueFd first = watched.open(O_WRONLY);
    touch_times(first);  // else both opens are one event
    UniqueFd second = watched.open(O_WRONLY);
    write_part(first, "first half");
    BOOST_TEST(!watched.has_news(300ms));
    second.reset();

    BOOST_TEST(!watched.has_news());
    write_part(first, ", and second");
    first.reset();

    BOOST_TEST(watched.news() == "first half, and second");
}

BOOST_AUTO_TEST_CASE(readers_come_and_go_while_a_writer_is_inside, *may_change_users) {
    Watched watched;
    UniqueFd writer = watched.open(O_WRONLY | O_TRUNC);
    write_part(writer, "half ");
    for (int i = 0; i < 10; ++i) {
        watched.read();
        BOOST_TEST(!watched.has_news(20ms));
    }
    UniqueFd reader = watched.open(O_RDONLY);
    touch_times(writer);
    watched.touch();
    BOOST_TEST(!watched.has_news());
    write_part(writer, "whole");
    writer.reset();
    // Who still reads might be a writer, for all that events tell.
    BOOST_TEST(!watched.has_news());
    reader.reset();

    BOOST_TEST(watched.news() == "half whole");
}

BOOST_AUTO_TEST_CASE(a_reader_that_stays_holds_up_nothing_after_the_open_limit, *may_change_users) {
    Watched watched({"--open-limit", "2s"});
    const UniqueFd reader = watched.open(O_RDONLY);
    BOOST_TEST(!watched.has_news(2500ms));

    watched.write("f", "new content");

    BOOST_TEST(watched.news() == "new content");
    BOOST_TEST(watched.counter("published_while_open") == "0");
}

BOOST_AUTO_TEST_CASE(a_file_that_was_renamed_into_place_waits_for_no_reader, *may_change_users) {
    Watched watched;
    const UniqueFd reader = watched.open(O_RDONLY);

    watched.programs().tree().replace("f", "replaced");
    const UniqueFd reader_of_new = watched.open(O_RDONLY);

    BOOST_TEST(watched.news() == "replaced");
}

BOOST_AUTO_TEST_CASE(half_a_file_after_the_open_limit_is_counted, *may_change_users) {
    Watched watched({"--open-limit", "2s"});
    const UniqueFd writer = watched.open(O_WRONLY | O_TRUNC);
    write_part(writer, "half ");
    BOOST_TEST(!watched.has_news(300ms));
    watched.touch();

    BOOST_TEST(watched.news() == "half ");
    BOOST_TEST(poll_until([&] {
        return watched.counter("published_while_open") == "1";
    }));
}

BOOST_AUTO_TEST_CASE(a_descriptor_in_two_processes_is_closed_by_the_last, *may_change_users) {
    Watched watched;
    UniqueFd writer = watched.open(O_WRONLY | O_TRUNC);
    write_part(writer, "half ");
    const UniqueFd other(::fcntl(writer.get(), F_DUPFD_CLOEXEC, 0));
    writer.reset();
    BOOST_TEST(!watched.has_news(300ms));
    watched.touch();
    BOOST_TEST(!watched.has_news());
    write_part(other, "whole");
    UniqueFd last(::fcntl(other.get(), F_DUPFD_CLOEXEC, 0));
    last.reset();

    BOOST_TEST(!watched.has_news());
}

BOOST_AUTO_TEST_CASE(
    a_touch_is_not_the_end_of_a_mapping,
    *needs(need::other_users(), need::files_open_while_mapped())
) {
    Watched watched;
    UniqueFd writer = watched.open(O_RDWR);
    void* const bytes = ::mmap(nullptr, 4, PROT_WRITE, MAP_SHARED, writer.get(), 0);
    BOOST_TEST_REQUIRE(bytes != MAP_FAILED);
    touch_times(writer);
    writer.reset();
    std::memcpy(bytes, "ha", 2);
    watched.touch();
    BOOST_TEST(!watched.has_news());
    std::memcpy(bytes, "half", 4);
    ::munmap(bytes, 4);

    BOOST_TEST(watched.news() == "halfcontent");
}

BOOST_AUTO_TEST_CASE(a_touch_through_another_name_is_not_the_writers_close, *may_change_users) {
    Watched watched;
    BOOST_TEST_REQUIRE(::mkdir(watched.path("d").c_str(), 0755) == 0);
    BOOST_TEST_REQUIRE(::link(watched.path().c_str(), watched.path("d/g").c_str()) == 0);
    BOOST_TEST(poll_until([&] {
        return watched.programs().get("d/g").body == "old content";
    }));
    watched.poll_again();
    UniqueFd writer = watched.open(O_WRONLY | O_TRUNC);
    write_part(writer, "half ");
    BOOST_TEST(!watched.has_news(300ms));

    watched.touch("d/g");
    BOOST_TEST(!watched.has_news());
    write_part(writer, "whole");
    writer.reset();

    BOOST_TEST(watched.news() == "half whole");
    BOOST_TEST(poll_until([&] {
        return watched.programs().get("d/g").body == "half whole";
    }));
}

BOOST_AUTO_TEST_CASE(
    a_writer_that_was_there_first_is_waited_for_once_it_writes,
    *may_change_users
) {
    PairOfPrograms programs(other_user);
    programs.tree().write("f", "old content");
    UniqueFd writer(::open((programs.tree() / "f").c_str(), O_WRONLY | O_CLOEXEC));
    const ChildOptions user{.user = other_user, .group = other_user};
    programs.start_daemon({}, user);
    programs.start_proxy({}, user);
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    auto poll = programs.poll("f", "wait=60&after=" + programs.get("f").header("Treecast-Version"));
    write_part(writer, "half ");
    BOOST_TEST(!poll.has_answer(300ms));
    { const UniqueFd touching(::open((programs.tree() / "f").c_str(), O_WRONLY | O_CLOEXEC)); }

    BOOST_TEST(!poll.has_answer(a_while));
    write_part(writer, "whole!");
    writer.reset();
    BOOST_TEST(poll.receive(8s).body == "half whole!");
}

BOOST_AUTO_TEST_CASE(the_first_get_in_a_directory_does_not_meet_half_a_file, *may_change_users) {
    PairOfPrograms programs(other_user);
    programs.tree().write("f", "old content");
    const ChildOptions user{.user = other_user, .group = other_user};
    programs.start_daemon({}, user);
    programs.start_proxy({}, user);
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    UniqueFd writer(::open((programs.tree() / "f").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    write_part(writer, "half ");
    { const UniqueFd touching(::open((programs.tree() / "f").c_str(), O_WRONLY | O_CLOEXEC)); }

    HttpConnection first(programs.server());
    first.send_request("GET", "/v1/files/f");
    BOOST_TEST(!first.has_answer(2 * a_while));
    write_part(writer, "whole");
    writer.reset();
    BOOST_TEST(first.receive(8s).body == "half whole");
}

BOOST_AUTO_TEST_CASE(
    a_file_of_others_in_a_directory_of_ones_own_is_no_exception,
    *may_change_users
) {
    PairOfPrograms programs(other_user);
    const std::string directory = programs.tree() / "d";
    BOOST_TEST_REQUIRE(::mkdir(directory.c_str(), 0755) == 0);
    BOOST_TEST_REQUIRE(::chown(directory.c_str(), other_user, other_user) == 0);
    const ChildOptions user{.user = other_user, .group = other_user};
    programs.start_daemon({}, user);
    programs.start_proxy({}, user);
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const std::string path = directory + "/f";
    UniqueFd writer(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    write_part(writer, "half ");
    // What came after it has been seen, and with a lease: so `f` was looked at, too.
    programs.tree().write("d/.new", "seen");
    BOOST_TEST_REQUIRE(::chown((directory + "/.new").c_str(), other_user, other_user) == 0);
    BOOST_TEST_REQUIRE(::rename((directory + "/.new").c_str(), (directory + "/seen").c_str()) == 0);
    BOOST_TEST(poll_until([&] {
        return programs.get("d/seen").body == "seen";
    }));

    const HttpResponse absent = programs.get("d/f");
    BOOST_TEST(absent.status == 404);
    { const UniqueFd touching(::open(path.c_str(), O_WRONLY | O_CLOEXEC)); }
    auto poll = programs.poll("d/f", "wait=60&after=" + absent.header("Treecast-Version"));
    BOOST_TEST(!poll.has_answer(2 * a_while));
    write_part(writer, "whole");
    writer.reset();
    BOOST_TEST(poll.receive(8s).body == "half whole");
}

BOOST_AUTO_TEST_CASE(a_quick_write_is_followed_as_soon_as_before, *may_change_users) {
    Watched watched;
    for (int i = 0; i < 3; ++i) {
        const std::string content = "content " + std::to_string(i);
        watched.write("f", content.c_str());
        BOOST_TEST(watched.news(5s) == content);
        watched.poll_again();
    }
    BOOST_TEST(watched.counter("published_while_open") == "0");
}

BOOST_AUTO_TEST_CASE(without_leases_all_is_proved_as_if_they_were_refused) {
    PairOfPrograms programs;
    programs.tree().write("f", "old content");
    programs.start_daemon({"--no-leases"});
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const std::string status = http_get(programs.server(), "/v1/status").body;
    BOOST_TEST((status.find("\"leases\":false") != status.npos), status);
    auto poll = programs.poll("f", "wait=60&after=" + programs.get("f").header("Treecast-Version"));
    UniqueFd writer(::open((programs.tree() / "f").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    write_part(writer, "half ");
    BOOST_TEST(!poll.has_answer(300ms));
    { const UniqueFd touching(::open((programs.tree() / "f").c_str(), O_WRONLY | O_CLOEXEC)); }
    BOOST_TEST(!poll.has_answer(a_while));
    write_part(writer, "whole");
    writer.reset();

    BOOST_TEST(poll.receive(8s).body == "half whole");
    BOOST_TEST(poll_until([&] {
        return http_get(programs.server(), "/v1/status").body.find("\"read_without_lease\":0") ==
               std::string::npos;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
