// A file is renamed into place, and a writer opens it then, where no lease tells who is inside: a
// daemon that neither owns the files nor may take leases.
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(writers_after_rename)

namespace {

constexpr uid_t other_user = 61'001;  // of no account, owner of nothing

/// Bytes that are written through it cause no event, as those of a writer who loses the processor
/// before the kernel reports them.
class MappedWriter {
public:
    MappedWriter(const std::string& path, std::size_t bytes)
        : file_(::open(path.c_str(), O_RDWR | O_CLOEXEC)), bytes_(bytes) {
        BOOST_TEST_REQUIRE(bool(file_));
        memory_ = ::mmap(nullptr, bytes, PROT_WRITE, MAP_SHARED, file_.get(), 0);
        BOOST_TEST_REQUIRE(memory_ != MAP_FAILED);
    }
    MappedWriter(const MappedWriter&) = delete;
    MappedWriter& operator=(const MappedWriter&) = delete;
    ~MappedWriter() { ::munmap(memory_, bytes_); }

    void write(std::size_t at, std::string_view part) {
        std::memcpy(static_cast<char*>(memory_) + at, part.data(), part.size());
    }

private:
    UniqueFd file_;
    std::size_t bytes_;
    void* memory_ = nullptr;
};

/// Whether the clock that stamps files is past the file's last change.
bool is_past_its_tick(const std::string& path) {
    struct stat status {};
    timespec now{};
    BOOST_TEST_REQUIRE(::stat(path.c_str(), &status) == 0);
    BOOST_TEST_REQUIRE(::clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0);
    const timespec& changed = status.st_ctim;
    return std::pair(now.tv_sec, now.tv_nsec) > std::pair(changed.tv_sec, changed.tv_nsec);
}

}  // namespace

BOOST_AUTO_TEST_CASE(half_of_what_is_written_next_is_not_served, *needs(need::other_users())) {
    PairOfPrograms programs(other_user);
    programs.tree().write("f", "oldest");
    const ChildOptions user{.user = other_user, .group = other_user};
    programs.start_daemon({}, user);
    programs.start_proxy({}, user);
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    auto poll = programs.poll("f", "wait=60&after=" + programs.get("f").header("Treecast-Version"));

    programs.tree().write("f.new", "first");
    BOOST_TEST_REQUIRE(::kill(programs.daemon()->pid(), SIGSTOP) == 0);
    std::filesystem::rename(programs.tree() / "f.new", programs.tree() / "f");
    {
        MappedWriter writer(programs.tree() / "f", 5);
        writer.write(0, "sec");
        BOOST_TEST_REQUIRE(poll_until([&] {
            return is_past_its_tick(programs.tree() / "f");
        }));
        BOOST_TEST_REQUIRE(::kill(programs.daemon()->pid(), SIGCONT) == 0);
        BOOST_TEST(!poll.has_answer(400ms));
        writer.write(3, "nd");
    }

    BOOST_TEST(poll.receive().body == "secnd");
}

// Whoever only reads it makes it wait for no longer than its age does.
BOOST_AUTO_TEST_CASE(a_reader_that_stays_is_not_waited_for, *needs(need::other_users())) {
    PairOfPrograms programs(other_user);
    programs.tree().write("f", "old");
    const ChildOptions user{.user = other_user, .group = other_user};
    programs.start_daemon({}, user);
    programs.start_proxy({}, user);
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    auto poll = programs.poll("f", "wait=60&after=" + programs.get("f").header("Treecast-Version"));
    programs.tree().write("f.new", "new");
    BOOST_TEST_REQUIRE(::kill(programs.daemon()->pid(), SIGSTOP) == 0);
    std::filesystem::rename(programs.tree() / "f.new", programs.tree() / "f");
    const UniqueFd reader(::open((programs.tree() / "f").c_str(), O_RDONLY | O_CLOEXEC));
    BOOST_TEST_REQUIRE(::kill(programs.daemon()->pid(), SIGCONT) == 0);

    BOOST_TEST(poll.receive(5s).body == "new");  // --open-limit is 10 s
}

BOOST_AUTO_TEST_SUITE_END()
