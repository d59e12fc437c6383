#include "daemon/pipeline.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"
#include "base/version.hpp"

#include <boost/asio/post.hpp>

#include <system_error>

#include <unistd.h>

namespace treecast::daemon {

namespace asio = boost::asio;

namespace {

// What one turn does at most of each stage, so that every stage gets its turn soon.
constexpr std::size_t directories_per_turn = 64;
constexpr unsigned looks_per_turn = 256;
constexpr unsigned bulk_share = 8;  // of the looks: what comes by the thousand gets on, too
constexpr std::chrono::milliseconds looking_max{5};
constexpr std::chrono::milliseconds backlog_time{3};
constexpr std::chrono::milliseconds storing_max{3};
constexpr std::size_t backlog_max = 16;  // jobs: directories are read no faster than they are noted
constexpr std::size_t events_per_turn = 512;
constexpr std::size_t events_while_behind = 64;  // with what earlier ones have led to
constexpr unsigned requests_per_turn = 16;       // of each worker: a busy one starves no other
constexpr std::chrono::seconds heartbeat_period{1};
constexpr std::chrono::seconds list_again_pause{2};

std::uint64_t device_of(const watcher::TreeRoot& root) {
    struct stat status {};
    const auto handle = root.open_path("");
    return handle && ::fstat(handle->get(), &status) == 0 ? status.st_dev : 0;
}

/// Asio closes what it waits on; the descriptor itself stays its owner's.
asio::posix::stream_descriptor waitable(asio::io_context& loop, int descriptor) {
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        throw std::system_error(errno, std::system_category(), "cannot duplicate a descriptor");
    return {loop, copy};
}

/// A number that moves is no news for the log.
std::string without_numbers(std::string words) {
    std::erase_if(words, [](char byte) {
        return byte >= '0' && byte <= '9';
    });
    return words;
}

}  // namespace

Pipeline::Pipeline(
    asio::io_context& loop,
    const watcher::TreeRoot& root,
    watcher::Watcher& watcher,
    const ipc::ObjectDirectory& objects,
    SegmentStock& segments,
    ipc::CatalogWriter& catalog,
    ipc::QueuePairsWriter& queues,
    Residency& residency,
    const ServePolicy& policy,
    const AuditPolicy& audit,
    std::function<void()> scanned
)
    : loop_(loop),
      root_(root),
      watcher_(watcher),
      catalog_(catalog),
      queues_(queues),
      mounts_(objects),
      takes_leases_(policy.takes_leases()),
      scanned_(std::move(scanned)),
      open_files_(policy.open_limit),
      publisher_(objects, catalog, queues, residency),
      intake_(
          watcher,
          catalog,
          publisher_,
          residency,
          works_,
          hard_links_,
          open_files_,
          releases_,
          policy,
          device_of(root)
      ),
      segments_(segments),
      executor_(
          root,
          watcher,
          segments,
          catalog,
          publisher_,
          residency,
          works_,
          hard_links_,
          open_files_,
          policy
      ),
      pool_(
          loop.get_executor(),
          root,
          [this](LoadResult result) {
              executor_.on_loaded(std::move(result), Clock::now());
              ask_for_turn();
          }
      ),
      repairs_(intake_, works_, watcher),
      syncs_(works_, catalog),
      auditor_(
          loop.get_executor(),
          root,
          ipc::CatalogReader::attach(catalog.mapping()),
          audit,
          {.difference =
               [this](std::string path) {
                   repairs_.add(std::move(path));
                   ask_for_turn();
               },
           .round_ended =
               [this] {
                   ++audits_;
               }}
      ),
      events_(waitable(loop, watcher.descriptor())),
      due_timer_(loop),
      heartbeat_(loop) {
    executor_.use_pool(pool_);
    for (unsigned pair = 0; pair < queues.pairs(); ++pair)
        requests_.push_back({.descriptor = waitable(loop, queues.request_descriptor(pair))});
}

void Pipeline::start() {
    catalog_.set_leases(takes_leases_);
    beat();
    publisher_.ring();  // workers that outlived our predecessor
    ask_for_turn();
}

void Pipeline::turn() {
    turn_asked_ = false;
    const auto now = Clock::now();
    publish(now);  // what the pool has loaded: it may be looked at again below
    read_events(now, works_.is_behind(now) ? events_while_behind : events_per_turn);
    scan_directories(now);
    work_off_backlog(now);
    receive_requests(now);
    look_at_due(now);
    watch_opens();  // before anybody can know that the files were seen
    confirm_copies();
    publish(now);  // before all that can wait
    executor_.close_last_look();
    watch_linked_files(now);
    complete_releases(now);
    publish(now);
    store_releases(now);
    // From here on everything of this turn is visible to readers.
    finish_first_scan();
    tell_degraded();
    answer_syncs();
    if (repairs_.run(now))
        ask_for_turn();
    wait_for_time();
    wait_for_events();
    for (unsigned pair = 0; pair < queues_.pairs(); ++pair)
        wait_for_requests(pair);
    segments_.replenish();
}

/// A mount is remembered before anything below it is published: else a daemon that dies in between
/// leaves a successor who does not miss it.
void Pipeline::store_mounts() {
    if (auto mounts = watcher_.take_mounts())
        unsaved_mounts_ = std::move(mounts);
    if (unsaved_mounts_) {
        const ErrorCode error = mounts_.write(*unsaved_mounts_);
        if (!error)
            unsaved_mounts_.reset();
        else if (noted_.is_new("mounts"))
            log::error("the mounts below the root cannot be remembered: {}", error.message());
    }
}

void Pipeline::ask_for_turn() {
    if (std::exchange(turn_asked_, true))
        return;
    asio::post(loop_, [this] {
        turn();
    });
}

void Pipeline::read_events(Clock::time_point now, std::size_t events_max) {
    watcher::Batch batch = watcher_.read(events_drained_, events_max);
    drop_findings_of_another_root(now);
    if (!batch.gone_directories.empty())
        publish(now);  // the catalog is asked what was below them
    intake_.take(std::move(batch), {now});
    if (events_drained_) {
        if (syncs_.on_drained())
            works_.retry_held_up(now);
    } else {
        ask_for_turn();
    }
    for (const std::string& directory : intake_.take_lost())
        watcher_.expect_readable(directory);
    if (!scanning())
        scanned_at_ = works_.sequence();
}

void Pipeline::scan_directories(Clock::time_point now) {
    if (!watcher_.scanning() || intake_.backlog() >= backlog_max)
        return;
    intake_.take(watcher_.scan(directories_per_turn), {now, scanned_at_});
    intake_.follow_reading(watcher_.reading());
    ask_for_turn();
}

void Pipeline::work_off_backlog(Clock::time_point now) {
    if (!intake_.has_backlog())
        return;
    intake_.work_off({now, scanned_at_}, Clock::now() + backlog_time);
    ask_for_turn();
}

/// Directories are still to be read, or what has been read of them to be noted.
bool Pipeline::scanning() const {
    return watcher_.scanning() || intake_.has_backlog();
}

void Pipeline::receive_requests(Clock::time_point now) {
    for (unsigned pair = 0; pair < queues_.pairs(); ++pair) {
        if (requests_[pair].drained)
            continue;  // nothing has come since it was read to its end
        for (unsigned taken = 0; taken < requests_per_turn; ++taken) {
            const auto request = queues_.receive(pair);
            if (!request) {
                requests_[pair].drained = true;
                break;
            }
            intake_.take(*request, {now});
        }
        if (!requests_[pair].drained)
            ask_for_turn();
    }
}

void Pipeline::look_at_due(Clock::time_point now) {
    // Of its own time, whatever the stages before took: else a scan, which brings more, would leave
    // none for what events ask for.
    const auto begin = Clock::now();
    for (unsigned looks = 0; looks < looks_per_turn; ++looks) {
        const bool bulk_first = looks % bulk_share == bulk_share - 1;
        Work* const work = works_.take_due(now, bulk_first);
        if (work == nullptr)
            return;
        executor_.look(*work, intake_.is_foreign(work->path), now);
        confirm_copies();  // soon: the longer it waits, the more likely is another write
        if (Clock::now() - begin > looking_max)
            break;
    }
    ask_for_turn();
}

void Pipeline::confirm_copies() {
    // Later than the turn: what is due from here on is looked at in the next one, so that no file
    // is published twice in one revision.
    const auto now = Clock::now();
    if (executor_.has_unconfirmed()) {
        // Of those that are left the next turn takes more; they may be of other files.
        if (watcher_.has_events())
            read_events(now, events_drained_ ? events_per_turn : 0);
        executor_.confirm(now);
    }
    if (scanning())  // what was read may have queued directories
        ask_for_turn();
}

/// Publishes what was found, unless it was found in a tree that is no more at the root's path: that
/// shows before any event of it is read, or without one (a mount).
void Pipeline::publish(Clock::time_point now) {
    drop_findings_of_another_root(now);
    if ((publisher_.has_pending() || publisher_.is_storing()) && !watcher_.root_is_there())
        intake_.read_again(publisher_.take_pending(), {now});
    store_mounts();
    publisher_.flush(now);
}

/// What has been found and not published yet is of the tree that was there before.
void Pipeline::drop_findings_of_another_root(Clock::time_point now) {
    if (std::exchange(root_generation_, root_.generation()) == root_.generation())
        return;
    executor_.drop_unconfirmed(now);
    intake_.drop_listings();
    intake_.read_again(publisher_.take_pending(), {now});
}

void Pipeline::watch_opens() {
    for (const std::string& path : executor_.take_unleased()) {
        watcher_.watch_opens(path);
        for (const std::string& sibling : hard_links_.siblings(path))
            watcher_.watch_opens(sibling);
    }
}

void Pipeline::watch_linked_files(Clock::time_point now) {
    if (scanning())
        return;
    const std::uint64_t noted = works_.sequence();
    if (const auto files = hard_links_.take_unexplained(); !files.empty()) {
        publish(now);  // the catalog is asked for their names
        intake_.look_for_names(files, {now});
    }
    for (const HardLinks::Watch& watch : hard_links_.take_watches()) {
        if (!watch.on) {
            watcher_.unwatch_file(watch.path);
            continue;
        }
        if (hard_links_.take_watched(watch.path, watcher_.watch_file(watch.path))) {
            intake_.look_now(watch.path, {now});  // what was done to it before it was watched
            continue;
        }
        watcher_.unwatch_file(watch.path);
        if (noted_.is_new(watch.path))
            log::warn("{}: has names elsewhere and cannot be watched itself", watch.path);
    }
    if (works_.sequence() == noted)
        return;
    syncs_.on_more_noted();  // these looks answer what they wait for
}

void Pipeline::complete_releases(Clock::time_point now) {
    for (const ReleaseId release : releases_.take_complete(works_, scanning(), now))
        publisher_.let_go(release);
}

/// A release of many files, and the deletions of as many, take several turns.
void Pipeline::store_releases(Clock::time_point now) {
    if (publisher_.is_storing())
        publisher_.store_releases(now, Clock::now() + storing_max);
    const bool forgets = publisher_.forget_some();
    if (forgets || publisher_.is_storing() || publisher_.has_pending())
        ask_for_turn();
}

void Pipeline::finish_first_scan() {
    if (first_scan_done_ || scanning() || publisher_.is_storing())
        return;
    first_scan_done_ = true;
    compared_at_ = works_.sequence();
    catalog_.set_scan_complete();
    publisher_.ring();
    publish(Clock::now());
    scanned_();
    auditor_.start();
}

/// What no event tells.
void Pipeline::tend(Clock::time_point now) {
    if (!first_scan_done_)
        return;
    watcher_.tend(now);
    tell_degraded();  // at once: the next turn may be far
}

void Pipeline::sync(const std::vector<std::string>& typed, Answer answer) {
    std::vector<std::string> paths;
    for (const std::string& each : typed) {
        auto path = path_below({root_.configured_path(), root_.real_path()}, each);
        if (!path) {
            answer("outside " + percent_encode(each) + ' ' + percent_encode(root_.real_path()));
            return;
        }
        paths.push_back(std::move(*path));
    }
    tend(Clock::now());           // the root itself may be another: a mount over it, say
    watcher_.rescan_unwatched();  // its looks are answered for, as those of all scans
    syncs_.ask(std::move(paths), std::move(answer));
    ask_for_turn();
}

void Pipeline::forget(const std::string& path, Answer answer) {
    if (watcher_.forget_lost(path))
        sync({}, std::move(answer));
    else if (watcher_.root_is_lost())
        answer("error the root is lost: there is no directory at its path that could be served");
    else
        answer("absent " + percent_encode(path));
}

void Pipeline::answer_syncs() {
    if (syncs_.any() && !scanning() && !releases_.any() && !publisher_.is_storing() &&
        !publisher_.has_pending())
        syncs_.answer(lost(), Clock::now());
}

std::vector<LeftOut> Pipeline::lost() const {
    std::vector<LeftOut> all;
    for (auto& [directory, why] : watcher_.lost_directories())
        all.push_back({directory, "lost", "it cannot be read: " + why});
    if (lacks_room_)
        all.push_back(
            {"",
             to_string(ipc::UnavailableReason::no_memory),
             "the catalog finds no room in shared memory for all files"}
        );
    return all;
}

void Pipeline::wait_for_time() {
    auto earliest = works_.earliest();
    if (const auto end = releases_.earliest_end(); end && (!earliest || *end < *earliest))
        earliest = end;
    if (!earliest) {
        due_timer_.cancel();
        return;
    }
    if (due_timer_.expiry() == *earliest)
        return;
    due_timer_.expires_at(*earliest);
    due_timer_.async_wait([this](const ErrorCode& error) {
        if (!error)
            ask_for_turn();
    });
}

void Pipeline::wait_for_events() {
    // Not before the kernel's queue was read to its end: what is left asks for a turn itself.
    if (!events_drained_ || std::exchange(waits_for_events_, true))
        return;
    events_.async_wait(asio::posix::descriptor_base::wait_read, [this](const ErrorCode& error) {
        waits_for_events_ = false;
        if (!error && !turn_asked_)
            turn();  // at once: one that is posted costs a poll of everything first
    });
}

void Pipeline::wait_for_requests(unsigned pair) {
    RequestQueue& queue = requests_[pair];
    if (!queue.drained || std::exchange(queue.waits, true))
        return;
    queue.descriptor.async_wait(
        asio::posix::descriptor_base::wait_read,
        [this, &queue](const ErrorCode& error) {
            queue.waits = false;
            queue.drained = false;
            if (!error)
                ask_for_turn();
        }
    );
}

void Pipeline::beat() {
    catalog_.beat();
    pool_.relieve(Clock::now());
    for (const std::string& path : pool_.hung(Clock::now())) {
        executor_.on_hung(path);
        ask_for_turn();
    }
    tend(Clock::now());
    list_again();
    if (scanning())
        ask_for_turn();
    tell_counters();
    heartbeat_.expires_after(heartbeat_period);
    heartbeat_.async_wait([this](const ErrorCode& error) {
        if (!error)
            beat();
    });
}

void Pipeline::tell_degraded() {
    if (!compared_) {
        compared_ = first_scan_done_ && works_.settled(compared_at_, Clock::now());
        if (!compared_ && catalog_.adopted())
            return;  // the catalog says so by itself
        if (compared_)
            catalog_.set_degraded(degraded_);
    }
    lacks_room_ = lacks_room_ || publisher_.unlisted() != 0;
    std::string words = watcher_.health().degraded;
    if (lacks_room_) {
        words += words.empty() ? "" : "; ";
        words += "the catalog finds no room in shared memory for all files";
    }
    if (words == degraded_)
        return;
    const bool is_news = without_numbers(words) != without_numbers(degraded_);
    degraded_ = std::move(words);
    catalog_.set_degraded(degraded_);
    if (degraded_.empty())
        log::info("no longer degraded");
    else if (is_news)
        log::warn("degraded: {}", degraded_);
}

/// Reads the tree again for as long as files were left out for lack of room.
void Pipeline::list_again() {
    const auto now = Clock::now();
    if (!lacks_room_ || scanning() || now < list_again_at_)
        return;
    if (list_again_at_ != Clock::time_point() && publisher_.unlisted() == 0) {
        lacks_room_ = false;  // a whole scan found room for everything
        list_again_at_ = {};
        tell_degraded();
        return;
    }
    publisher_.forget_unlisted();
    list_again_at_ = now + list_again_pause;
    watcher_.rescan();
}

void Pipeline::tell_counters() {
    const watcher::WatcherHealth& health = watcher_.health();
    catalog_.set_counter(ipc::Counter::watches, health.watches);
    catalog_.set_counter(ipc::Counter::unwatched_directories, health.unwatched_directories);
    catalog_.set_counter(ipc::Counter::unwatched_files, health.unwatched_files);
    catalog_.set_counter(ipc::Counter::overflows, health.overflows);
    catalog_.set_counter(ipc::Counter::refused_links, health.refused_links);
    catalog_.set_counter(ipc::Counter::skipped_names, health.skipped_names);
    catalog_.set_counter(ipc::Counter::published_while_open, executor_.published_while_open());
    catalog_.set_counter(ipc::Counter::read_without_lease, executor_.read_without_lease());
    catalog_.set_counter(ipc::Counter::audits, audits_);
    catalog_.set_counter(ipc::Counter::audit_repairs, repairs_.count());
}

}  // namespace treecast::daemon
