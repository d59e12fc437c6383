// Nobody ever sees a file that was not whole, however fast it is written anew.
//
// Writers write files whose contents prove themselves, each in one manner of its own; readers take
// every version that they can get hold of, by shared memory as a proxy does and by long-polls.
// TREECAST_TORN_SECONDS (default 2) says for how long each case does so; how many versions were
// taken of each kind is printed.
//
// With the lease and without it (a daemon that neither owns the files nor may take leases), on
// whatever filesystem TMPDIR is on, and on ramfs, whose timestamps move by ticks as those of all
// filesystems did before Linux 6.13.
#include "test/fault/ways_of_writing.hpp"
#include "test/support/fail_with_errno.hpp"
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/self_proving.hpp"
#include "test/support/tree_model/published_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sched.h>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(torn_reads)

using namespace treecast::test::torn_reads_cases;

namespace {

struct Taken {
    std::atomic<std::uint64_t> versions{0};
    std::atomic<std::uint64_t> successors{0};  // of versions that were taken before
    std::atomic<std::uint64_t> torn{0};
};

/// Daemon, proxy, writers and readers on one tree.
class Race {
public:
    Race(uid_t user, bool has_lease) : programs_(user), user_(user), has_lease_(has_lease) {}
    ~Race() {
        if (mounted_)
            ::umount2(programs_.tree().path().c_str(), MNT_DETACH);
    }

    /// Puts the tree on a ramfs that nobody but us and our children sees.
    void use_ramfs() {
        BOOST_TEST_REQUIRE(::unshare(CLONE_NEWNS) == 0);
        BOOST_TEST_REQUIRE(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
        const std::string tree = programs_.tree().path();
        BOOST_TEST_REQUIRE(::mount("treecast-test", tree.c_str(), "ramfs", 0, "mode=755") == 0);
        mounted_ = true;
    }

    void run() {
        for (const Manner& manner : manners)
            for (unsigned i = 0; i < files_of(manner); ++i)
                rewrite(path_of(manner, i), self_proving(large_or(manner, 1000), i));
        programs_.start_daemon({"--max-workers", "2"}, as_user(user_));
        programs_.start_proxy({"--workers", "1"}, as_user(user_));
        BOOST_TEST_REQUIRE(programs_.wait_until_ready());

        std::vector<std::thread> threads;
        for (const Manner& manner : manners) {
            if (has_lease_ || !manner.needs_lease)
                threads.emplace_back([&] {
                    run_writer(manner);
                });
        }
        for (unsigned first = 0; first < 2; ++first)
            threads.emplace_back([&, first] {
                run_poller(first);
            });
        read_until(std::chrono::steady_clock::now() + duration());
        stop_ = true;
        for (std::thread& thread : threads)
            thread.join();
        report();
        BOOST_TEST((programs_.proxy()->terminate() == 0), programs_.proxy()->standard_error());
        BOOST_TEST((programs_.daemon()->terminate() == 0), programs_.daemon()->standard_error());
    }

private:
    static unsigned files_of(const Manner& manner) {
        return manner.large || manner.one_file ? 1 : files_of_a_writer;
    }
    static std::size_t large_or(const Manner& manner, std::size_t bytes) {
        return manner.large ? large_bytes : bytes;
    }
    static std::string name_of(const Manner& manner, unsigned number) {
        return manner.name + ('.' + std::to_string(number));
    }
    std::string path_of(const Manner& manner, unsigned number) const {
        return programs_.tree() / name_of(manner, number);
    }

    void run_writer(const Manner& manner) {
        std::mt19937 random(std::random_device{}());
        // Made before: a writer that makes contents writes less.
        std::vector<std::string> contents;
        for (unsigned i = 0; i < (manner.large ? 3U : 64U); ++i) {
            const std::size_t most = i % 16 == 0 ? 500'000 : 6'000;
            const std::size_t size = manner.same_size ? 20'000 : 100 + random() % most;
            contents.push_back(self_proving(large_or(manner, size), random()));
        }
        while (!stop_) {
            for (unsigned file = 0; file < files_of(manner) && !stop_; ++file) {
                manner.write(path_of(manner, file), contents[random() % contents.size()]);
                pause_after(manner, file);
            }
        }
    }

    /// Files that are never left alone, and writers that leave the daemon no processor, give next
    /// to no versions: goes on when another of its kind has been taken, or after a while.
    void pause_after(const Manner& manner, unsigned file) {
        if (file % 4 != 0)
            return;
        const Taken& taken = taken_[static_cast<std::size_t>(&manner - manners.data())];
        const std::uint64_t before = taken.versions;
        const auto goes_on = [&] {
            return stop_ || taken.versions != before;
        };
        // Large ones: now until it has been read, now in the middle of that.
        // Without a lease what was written in place is left alone for a second; and whose writer is
        // inside most of the time needs a moment in which he is not.
        const auto small = has_lease_ && !manner.one_file ? 20ms : 1500ms;
        const auto most = !manner.large ? small : ++large_pauses_ % 4 == 0 ? 100ms : 5000ms;
        (void)poll_until(goes_on, most);
    }

    /// Takes every version by shared memory, as a proxy's worker does.
    void read_until(std::chrono::steady_clock::time_point end) {
        PublishedTree published(programs_.instance().base(), programs_.instance().instance());
        BOOST_TEST_REQUIRE(published.attach());
        std::vector<ipc::FileId> wanted;
        for (const auto& [path, found] : published.walk())
            if (!path.ends_with(".new"))
                wanted.push_back(found.file);
        auto next_request = std::chrono::steady_clock::now();
        for (auto now = next_request; now < end || (now < end + 3 * patience && !has_enough());
             now = std::chrono::steady_clock::now()) {
            if (now >= next_request) {  // what has been evicted is wanted again
                published.request(wanted);
                next_request = now + 1s;
            }
            published.wait_for_bell(10ms);
            for (const ipc::FileId file : wanted)
                take(published, file);
        }
    }

    /// A kind of which nothing was published but what was there at the start proves nothing.
    bool has_enough() const {
        for (std::size_t i = 0; i < manners.size(); ++i)
            if ((has_lease_ || !manners[i].needs_lease) && taken_[i].successors == 0)
                return false;
        return true;
    }

    void take(const PublishedTree& published, ipc::FileId file) {
        const auto record = published.catalog().read(file);
        if (!record || !record->resident || record->state != ipc::FileState::present)
            return;
        auto& last = last_taken_[file.value];
        if (last == record->content_revision)
            return;
        const auto content = published.content({file, *record});
        if (!content)
            return;  // superseded meanwhile
        const bool is_successor = std::exchange(last, record->content_revision) != 0;
        count(published.catalog().path(file).value_or(""), *content, is_successor);
    }

    /// Takes the versions of one file of each small kind by long-polls.
    void run_poller(unsigned number) {
        std::vector<HttpConnection> connections;
        std::vector<std::string> paths;
        for (const Manner& manner : manners) {
            if (files_of(manner) <= number || manner.large)
                continue;
            paths.push_back(name_of(manner, number));
            connections.emplace_back(programs_.server());
            connections.back().send_request("GET", "/v1/files/" + paths.back());
        }
        while (!stop_) {
            for (std::size_t i = 0; i < connections.size(); ++i) {
                if (!connections[i].has_answer(1ms))
                    continue;
                const HttpResponse answer = connections[i].receive();
                std::string query = "?wait=60";
                if (answer.status == 200) {
                    count(paths[i], answer.body, false);
                    ++polled_;
                }
                if (answer.has_header("Treecast-Version"))
                    query += "&after=" + answer.header("Treecast-Version");
                connections[i].send_request("GET", "/v1/files/" + paths[i] + query);
            }
        }
    }

    void count(const std::string& path, const std::string& content, bool is_successor) {
        for (std::size_t i = 0; i < manners.size(); ++i) {
            if (path.substr(0, path.rfind('.')) != manners[i].name)
                continue;
            ++taken_[i].versions;
            taken_[i].successors += is_successor ? 1 : 0;
            if (proves_itself(content))
                continue;
            ++taken_[i].torn;
            std::cerr << "torn: " << path + ", " + std::to_string(content.size()) + " bytes\n";
        }
    }

    std::size_t overflows() {
        const std::string log = programs_.daemon()->standard_error();
        std::size_t count = 0;
        for (auto at = log.find("events were lost"); at != log.npos;
             at = log.find("events were lost", at + 1))
            ++count;
        return count;
    }

    void report() {
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < manners.size(); ++i) {
            std::cerr << manners[i].name << ": " << taken_[i].versions << " versions taken, "
                      << taken_[i].torn << " torn\n";
            all += taken_[i].versions;
            BOOST_TEST(taken_[i].torn == 0U, manners[i].name);
        }
        BOOST_TEST(has_enough());
        std::cerr << all << " versions taken, " << polled_ << " of them by long-polls; "
                  << overflows() << " overflows of the event queue" << std::endl;
        BOOST_TEST(polled_ != 0U);
    }

    PairOfPrograms programs_;
    const uid_t user_;
    const bool has_lease_;
    bool mounted_ = false;
    std::atomic<bool> stop_{false};
    std::map<std::uint64_t, std::uint64_t> last_taken_;  // content revision by file id
    std::array<Taken, 16> taken_;                        // as `manners`
    std::atomic<std::uint64_t> polled_{0};
    std::atomic<unsigned> large_pauses_{0};
};

}  // namespace

BOOST_AUTO_TEST_CASE(no_version_is_torn) {
    Race race(::geteuid(), true);
    race.run();
}

BOOST_AUTO_TEST_CASE(no_version_is_torn_where_leases_are_refused, *needs(need::other_users())) {
    Race race(other_user, false);
    race.run();
}

BOOST_AUTO_TEST_CASE(
    no_version_is_torn_where_timestamps_are_coarse,
    *needs(need::mounts("ramfs"))
) {
    Race race(::geteuid(), true);
    race.use_ramfs();
    race.run();
}

BOOST_AUTO_TEST_CASE(
    no_version_is_torn_where_timestamps_are_coarse_and_leases_are_refused,
    *needs(need::mounts("ramfs"), need::other_users())
) {
    Race race(other_user, false);
    race.use_ramfs();
    race.run();
}

BOOST_AUTO_TEST_SUITE_END()
