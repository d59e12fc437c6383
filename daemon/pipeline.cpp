#include "daemon/pipeline.hpp"

#include "base/log.hpp"

#include <algorithm>

#include <sys/stat.h>

namespace treecast::daemon {

namespace asio = boost::asio;

namespace {

// The most that one turn does of each stage, so that no stage waits long.
constexpr std::size_t directories_per_turn = 64;
constexpr unsigned looks_per_turn = 256;
constexpr unsigned bulk_share = 8;  // one look in so many is for bulk work, so that it advances too
constexpr std::chrono::milliseconds looking_max{5};
constexpr std::chrono::milliseconds backlog_time{3};
constexpr std::chrono::milliseconds storing_max{3};
constexpr std::size_t backlog_max = 16;  // jobs; no more directories are read until there are fewer
constexpr std::size_t events_per_turn = 512;
constexpr std::size_t events_while_behind = 64;  // while work of earlier events is due

std::uint64_t device_of(const watcher::TreeRoot& root) {
    struct stat status {};
    const auto handle = root.open_path("");
    return handle && ::fstat(handle->get(), &status) == 0 ? status.st_dev : 0;
}

}  // namespace

Pipeline::Pipeline(
    asio::io_context& loop,
    const watcher::TreeRoot& root,
    watcher::Watcher& watcher,
    const ipc::ObjectDirectory& objects,
    SegmentStock& segments,
    ipc::CatalogWriter& catalog,
    ipc::DaemonQueues& queues,
    Residency& residency,
    const ServePolicy& policy,
    const AuditPolicy& audit,
    std::function<void()> scanned
)
    : root_(root),
      watcher_(watcher),
      catalog_(catalog),
      segments_(segments),
      mounts_(objects),
      takes_leases_(policy.takes_leases()),
      scanned_(std::move(scanned)),
      open_files_(policy.open_limit),
      publisher_(objects, catalog, queues, residency, groups_),
      intake_(
          watcher,
          catalog,
          publisher_,
          residency,
          works_,
          hard_links_,
          open_files_,
          groups_,
          policy,
          device_of(root)
      ),
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
              on_loaded(std::move(result));
          }
      ),
      linked_files_(root, watcher, hard_links_, intake_, pool_),
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
                   trigger_.request();
               },
           .round_ended =
               [this] {
                   ++audits_;
               }}
      ),
      trigger_(
          loop,
          watcher.descriptor(),
          [this] {
              turn();
          }
      ),
      requests_(
          loop,
          queues,
          [this] {
              trigger_.request();
          }
      ),
      heartbeat_(loop) {
    executor_.use_pool(pool_);
}

void Pipeline::start() {
    catalog_.set_leases(takes_leases_);
    beat();
    publisher_.ring();  // notifies workers that outlived our predecessor
    trigger_.request();
}

void Pipeline::turn() {
    trigger_.begin();
    const auto now = Clock::now();
    read_events(now, works_.is_behind(now) ? events_while_behind : events_per_turn);
    publish_seen(now);  // what the pool has loaded, since it may be looked at again below
    scan_directories(now);
    work_off_backlog(now);
    if (requests_.receive([&](const ipc::Request& request) {
            intake_.take(request, {now});
        }))
        trigger_.request();
    look_at_due(now);
    // This precedes the publication, before which no client can know that the files were seen.
    linked_files_.watch_opens(executor_.take_unleased());
    confirm_copies();
    publish_seen(now);  // before all that can wait
    executor_.close_last_look();
    watch_linked_files(now);
    complete_groups(now);
    publish(now);
    store_groups(now);
    // From here on readers see everything of this turn, except groups that are still being stored.
    finish_first_scan();
    update_degraded();
    answer_syncs();
    if (repairs_.run(now))
        trigger_.request();
    trigger_.wait_until(next_time());
    if (events_drained_)  // if not, the rest has requested a turn
        trigger_.wait_for_events();
    requests_.wait();
    segments_.replenish();
}

/// Publishes what was seen. If that was behind a link which leads elsewhere by now, the event of
/// its exchange is in the queue, and has to be processed before: all that is behind it becomes one
/// revision.
void Pipeline::publish_seen(Clock::time_point now) {
    if (!publisher_.has_pending())
        return publish(now);
    if (watcher_.has_events())
        read_events(now, events_drained_ ? events_per_turn : 0);
    if (!events_drained_) {
        auto in_doubt = publisher_.pending_paths();
        std::erase_if(in_doubt, [this](const std::string& path) {
            return watcher_.has_processed_exchanges_of(path);
        });
        open_group(in_doubt, now);
    }
    publish(now);
}

void Pipeline::open_group(const std::vector<std::string>& exchanged, Clock::time_point now) {
    if (exchanged.empty())
        return;
    groups_.open(exchanged, now);
    publisher_.regroup();
}

/// Publishes the findings, unless they are of a tree that is no longer at the root's path.
/// root_is_there() shows that before an event is read, or where there is none (a mount).
void Pipeline::publish(Clock::time_point now) {
    drop_findings_of_another_root(now);
    if ((publisher_.has_pending() || publisher_.is_storing()) && !watcher_.root_is_there())
        intake_.read_again(publisher_.take_pending(), {now});
    // A mount is stored before anything below it is published. In the other order, a daemon that
    // dies in between leaves a successor that does not know the mount, and so cannot miss it.
    mounts_.store(watcher_.take_mounts());
    publisher_.flush(now);
}

/// Drops findings of the previous tree that are not published yet.
void Pipeline::drop_findings_of_another_root(Clock::time_point now) {
    if (std::exchange(root_generation_, root_.generation()) == root_.generation())
        return;
    executor_.drop_unconfirmed(now);
    intake_.drop_listings();
    publish_overfull_groups();  // so that their findings are dropped with the others
    intake_.read_again(publisher_.take_pending(), {now});
}

void Pipeline::read_events(Clock::time_point now, std::size_t events_max) {
    watcher::Batch batch = watcher_.read(events_drained_, events_max);
    drop_findings_of_another_root(now);
    open_group(batch.exchanged, now);
    if (!batch.gone_directories.empty())
        publish(now);  // the catalog must know all files below them
    intake_.take(std::move(batch), {now});
    if (!events_drained_)
        trigger_.request();
    else if (syncs_.on_drained())
        works_.retry_held_up(now);
    for (const std::string& directory : intake_.take_lost())
        watcher_.expect_readable(directory);
    if (!is_scanning())
        scanned_at_ = works_.sequence();
}

void Pipeline::scan_directories(Clock::time_point now) {
    if (!watcher_.scanning() || intake_.backlog() >= backlog_max)
        return;
    watcher::Batch batch = watcher_.scan(directories_per_turn);
    open_group(batch.exchanged, now);
    intake_.take(std::move(batch), {now, scanned_at_});
    intake_.follow_reading(watcher_.reading());
    trigger_.request();
}

void Pipeline::work_off_backlog(Clock::time_point now) {
    if (!intake_.has_backlog())
        return;
    intake_.work_off({now, scanned_at_}, Clock::now() + backlog_time);
    trigger_.request();
}

/// Whether directories have not been read yet, or listings not been worked off.
bool Pipeline::is_scanning() const {
    return watcher_.scanning() || intake_.has_backlog();
}

void Pipeline::look_at_due(Clock::time_point now) {
    // The time limit starts here, whatever the stages before have used. If not, a scan, which
    // brings more work, would leave no time for events.
    const auto begin = Clock::now();
    for (unsigned looks = 0; looks < looks_per_turn; ++looks) {
        const bool bulk_first = looks % bulk_share == bulk_share - 1;
        Work* const work = works_.take_due(now, bulk_first);
        if (work == nullptr)
            return;
        executor_.look(*work, intake_.is_foreign(work->path), now);
        confirm_copies();  // soon, since another write becomes more likely with time
        if (Clock::now() - begin > looking_max)
            break;
    }
    trigger_.request();
}

void Pipeline::confirm_copies() {
    // A later time than the turn's: what becomes due now is looked at in the next turn, so that no
    // file is published twice in one revision.
    const auto now = Clock::now();
    if (executor_.has_unconfirmed()) {
        // The next turn reads the remaining events; they may be of other files.
        if (watcher_.has_events())
            read_events(now, events_drained_ ? events_per_turn : 0);
        executor_.confirm(now);
    }
    if (is_scanning())  // the events may have queued directories
        trigger_.request();
}

void Pipeline::watch_linked_files(Clock::time_point now) {
    if (is_scanning())
        return;
    const std::uint64_t noted = works_.sequence();
    if (const auto files = hard_links_.take_unexplained(); !files.empty()) {
        publish(now);  // the catalog must know all their names
        intake_.look_for_names(files, {now});
    }
    linked_files_.update_watches(now);
    if (works_.sequence() != noted)
        syncs_.on_more_noted();  // syncs wait for these looks too
}

/// The files that were looked at last may be those of another exchange already. Its event is in the
/// queue then, and has to be processed before the group ends, which it keeps open. Others that keep
/// the queue full keep it open for a while only.
void Pipeline::complete_groups(Clock::time_point now) {
    if (!groups_.any())
        return;
    if (watcher_.has_events())
        read_events(now, events_drained_ ? events_per_turn : 0);
    publish_overfull_groups();
    for (FindingSet& group :
         groups_.take_complete({.directories = is_scanning(), .events = !events_drained_}, now))
        publisher_.publish_together(std::move(group));
    if (is_scanning())  // the events may have queued directories
        trigger_.request();
}

void Pipeline::publish_overfull_groups() {
    for (FindingSet& group : groups_.take_overfull())
        publisher_.publish_together(std::move(group));
}

/// A group of many files, or the deletion of many, takes several turns.
void Pipeline::store_groups(Clock::time_point now) {
    if (publisher_.is_storing())
        publisher_.store_groups(now, Clock::now() + storing_max);
    const bool forgets = publisher_.forget_some();
    if (forgets || publisher_.is_storing() || publisher_.has_pending())
        trigger_.request();
}

void Pipeline::finish_first_scan() {
    if (first_scan_done_ || is_scanning() || publisher_.is_storing())
        return;
    first_scan_done_ = true;
    compared_at_ = works_.sequence();
    catalog_.set_scan_complete();
    publisher_.ring();
    publish(Clock::now());
    scanned_();
    auditor_.start();
}

void Pipeline::update_degraded() {
    if (!degradation_.is_compared() && first_scan_done_ &&
        works_.settled(compared_at_, Clock::now()))
        degradation_.set_compared();
    catalog_room_.note_refused(publisher_.unlisted());
    if (const auto text =
            degradation_
                .update(watcher_.health().degraded, catalog_room_.is_lacking(), catalog_.adopted()))
        catalog_.set_degraded(*text);
}

void Pipeline::answer_syncs() {
    if (syncs_.any() && !is_scanning() && !groups_.any() && !publisher_.is_storing() &&
        !publisher_.has_pending() && !linked_files_.is_opening())
        syncs_.answer(left_out_as_a_whole(watcher_, catalog_room_.is_lacking()), Clock::now());
}

std::optional<Clock::time_point> Pipeline::next_time() const {
    const auto due = works_.earliest();
    const auto end = groups_.earliest_end();
    return due && end ? std::min(*due, *end) : due ? due : end;
}

}  // namespace treecast::daemon
