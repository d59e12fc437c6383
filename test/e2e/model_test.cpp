// Whatever programs do to a tree, in a quiet moment what is published is what a walk of it finds.
//
// Rounds of random operations by several writers at once, on a tree with a daemon that runs, or
// is stopped meanwhile so that events pile up, or is killed; `sync` makes the quiet moment after
// each. Nothing sleeps. The seed is printed: TREECAST_MODEL_SEED repeats its operations (not how
// the writers and the daemon get in each other's way), TREECAST_MODEL_SECONDS (default 5) says for
// how long.
#include "base/sha256.hpp"
#include "test/e2e/model_differences.hpp"
#include "test/e2e/model_feeds.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/processes.hpp"
#include "test/support/tree_model/published_tree.hpp"
#include "test/support/tree_model/tree_vandal.hpp"
#include "test/support/tree_model/tree_walk.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(model)

using namespace treecast::test::model_cases;

namespace {

class Model {
public:
    explicit Model(std::uint64_t seed)
        : seed_(seed),
          dice_(seed),
          root_(programs_.tree().path()),
          published_(programs_.instance().base(), programs_.instance().instance()) {
        // Never touched: a root that is empty as a whole is no deletion.
        programs_.tree().write("anchor", "here");
        for (unsigned i = 0; i < writers_max; ++i)
            vandals_.emplace_back(
                root_,
                outside_ / ("of" + std::to_string(i)),
                seed * writers_max + i,
                fresh_links_
            );
        start_daemon();
        programs_.start_proxy();
        require(programs_.wait_until_ready(), "the proxy is not ready");
        feeds_.emplace(programs_.server(), seed_);
    }

    void run_round() {
        ++round_;
        const unsigned trouble = dice_.number(20);
        const bool stopped = trouble < 6;
        if (stopped)
            BOOST_TEST_REQUIRE(stop_process(programs_.daemon()->pid()));
        act(stopped ? 60 : 25);
        if (stopped)
            programs_.daemon()->signal(SIGCONT);
        if (trouble == 6)
            restart_daemon();
        if (trouble == 7)
            restart_proxy();
        check("after the operations");
        for (TreeVandal& vandal : vandals_)
            vandal.note_quiet();
        if (dice_.chance(50))
            load_some();
        if (dice_.chance(25))
            do_what_changes_nothing();
    }

    void end() {
        feeds_.reset();
        BOOST_TEST((programs_.proxy()->terminate() == 0), programs_.proxy()->standard_error());
        BOOST_TEST((programs_.daemon()->terminate() == 0), programs_.daemon()->standard_error());
    }

    std::string summary() const {
        return std::to_string(round_) + " rounds, " + std::to_string(operations_) +
               " operations, " + std::to_string(compared_) + " files compared, " +
               std::to_string(restarts_) + " restarts";
    }

private:
    void start_daemon() {
        // Without the grace for deletions in half of all runs: faster, and other interleavings.
        const char* const grace = seed_ % 2 == 0 ? "100ms" : "5ms";
        programs_.start_daemon(
            {"--max-file-size", "1M", "--delete-grace", grace, "--max-workers", "2"}
        );
        require(published_.attach(), "the daemon is not ready");
    }

    void restart_daemon() {
        programs_.daemon()->signal(SIGKILL);
        programs_.daemon()->wait();
        const auto epoch = published_.catalog().epoch();
        act(10);
        start_daemon();
        require(published_.catalog().epoch() == epoch, "the epoch changed with a restart");
        ++restarts_;
    }

    void restart_proxy() {
        programs_.proxy()->signal(SIGKILL);
        programs_.proxy()->wait();
        act(10);
        programs_.start_proxy();
        ++restarts_;
    }

    void act(unsigned operations_each) {
        const unsigned writers = dice_.chance(40) ? 1 : writers_max;
        std::vector<std::thread> threads;
        for (unsigned i = 0; i < writers; ++i) {
            const unsigned operations = 1 + dice_.number(operations_each);
            operations_ += operations;
            threads.emplace_back([this, i, operations] {
                for (unsigned done = 0; done < operations; ++done)
                    vandals_[i].act();
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        for (unsigned i = 0; i < writers; ++i)
            for (const std::string& entry : vandals_[i].take_journal())
                journal_.push_back(std::to_string(i) + ": " + entry);
        keep_small();
    }

    /// Syncs and compares; then the daemon must have come to rest.
    void check(const std::string& when) {
        const std::string answer = published_.sync_answer();
        const auto cursor = parse_version(answer);
        require(cursor.has_value(), when + ": sync gave no cursor, but '" + answer + "'");
        const Walked walked = walk_served_files(root_);
        compared_ += walked.size();
        const std::string wrong = differences(walked, published_);
        if (!wrong.empty())
            fail(when + ":\n" + wrong + "    which " + fate_of_difference(walked));
        const std::string unlogged = differences_of_log(published_);
        require(unlogged.empty(), when + ", by the change log:\n" + unlogged);
        // The second look has the hashes of what was loaded until the first had no differences.
        for (int looks = 0; looks < 2; ++looks) {
            const std::string behind = feeds_->differences(published_.walk());
            require(behind.empty(), when + ", by the feed:\n" + behind);
        }
        const auto again = published_.sync();
        require(again == *cursor, when + ": a new revision although nothing changed");
        journal_.clear();
    }

    /// A difference that goes away was told too late; one that stays was missed.
    std::string fate_of_difference(const Walked& walked) const {
        const auto since = Steady::now();
        const bool went = poll_until(
            [&] {
                return differences(walked, published_).empty();
            },
            patience_with_a_difference
        );
        const auto ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - since).count();
        return went ? "went away after " + std::to_string(ms) + " ms" : "stayed";
    }

    /// From then on the daemon keeps them fresh, and hashes them before it announces a change.
    void load_some() {
        std::vector<ipc::FileId> files;
        for (const auto& [path, found] : published_.walk())
            if (found.record.state == ipc::FileState::present && dice_.chance(40))
                files.push_back(found.file);
        require(published_.load(files), "contents that were wanted do not come");
        check("after loading contents");
    }

    /// Touched, and written again with the same bytes: no news for anybody.
    void do_what_changes_nothing() {
        const auto before = published_.sync();
        const auto walked = walk_served_files(root_);
        // A file of several paths is news under those whose content nobody has read.
        std::set<ino_t> unread;
        for (const auto& [path, found] : published_.walk())
            if (!found.record.hash_known && walked.contains(path))
                unread.insert(walked.at(path).status.st_ino);
        for (const auto& [path, file] : walked) {
            if (unread.contains(file.status.st_ino) || !dice_.chance(30))
                continue;
            const UniqueFd opened(::open(file.real_path.c_str(), O_WRONLY | O_CLOEXEC));
            if (!opened)
                continue;
            const std::string bytes = read_file(file.real_path);
            journal_.push_back("touched: " + path);
            ::futimens(opened.get(), nullptr);
            if (dice_.chance(50) && ::ftruncate(opened.get(), 0) == 0)
                (void)!::write(opened.get(), bytes.data(), bytes.size());
        }
        const auto after = published_.sync();
        require(before == after, "a new revision although only times changed");
        check("after touching");
    }

    /// Copies of copies and paths through links grow without bound.
    void keep_small() {
        std::error_code ignored;
        for (unsigned percent = 80; has_more_entries(root_, entries_max); percent = 100) {
            journal_.push_back("removed " + std::to_string(percent) + " % of everything");
            for (const auto& entry : fs::directory_iterator(root_))
                if (entry.path().filename() != "anchor" && dice_.number(100) < percent)
                    fs::remove_all(entry.path(), ignored);
        }
    }

    void require(bool condition, const std::string& what) {
        if (!condition)
            fail(what);
    }

    void fail(const std::string& what) {
        std::ostringstream text;
        text << "seed " << seed_ << ", round " << round_ << ", " << what << "\n  operations:\n";
        for (const std::string& entry : journal_)
            text << "    " << entry << '\n';
        text << "  tree:\n" << listing_of(root_);
        const std::string log = programs_.daemon()->standard_error();
        text << "  the daemon said at last:\n"
             << log.substr(log.size() - std::min<std::size_t>(log.size(), 3000));
        BOOST_FAIL(text.str());
    }

    const std::uint64_t seed_;
    Dice dice_;
    PairOfPrograms programs_;
    TemporaryDirectory outside_;
    const std::string root_;
    PublishedTree published_;
    std::optional<FollowedFeeds> feeds_;
    FreshLinks fresh_links_;
    std::vector<TreeVandal> vandals_;
    std::vector<std::string> journal_;
    std::uint64_t round_ = 0;
    std::uint64_t operations_ = 0;
    std::uint64_t compared_ = 0;
    std::uint64_t restarts_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_published_after_any_operations_is_what_a_walk_finds) {
    const auto seed = from_environment("TREECAST_MODEL_SEED", std::random_device{}());
    const std::chrono::seconds duration(from_environment("TREECAST_MODEL_SECONDS", 5));
    std::cerr << "seed " << seed << std::endl;
    const auto end = Steady::now() + duration;
    Model model(seed);

    while (Steady::now() < end)
        model.run_round();

    model.end();
    std::cerr << "seed " << seed << ": " << model.summary() << std::endl;
}

BOOST_AUTO_TEST_SUITE_END()
