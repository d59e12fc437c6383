// The part of the intake that works off listings and lost directories, in steps.
#include "base/tree_path.hpp"
#include "daemon/decide_look.hpp"
#include "daemon/intake.hpp"
#include "daemon/record_match.hpp"

#include <algorithm>
#include <utility>

namespace treecast::daemon {

namespace {

constexpr std::size_t taken_at_once = 1024;  // files; larger jobs are left to work_off()
constexpr std::size_t steps_a_look_at_the_clock = 64;

}  // namespace

void Intake::take(watcher::Listing listing, const NoteTime& when) {
    backlog_.note_listed(listing.directory);
    BacklogJob job;
    job.directory = listing.directory;
    job.is_old = reading_ == listing.directory;
    if (job.is_old)
        works_.remember_finished(job.directory);
    job.listing = std::move(listing);
    take(std::move(job), when);
}

void Intake::lose_directory(const std::string& directory, GroupId group, const NoteTime& when) {
    BacklogJob job;
    job.directory = directory;
    job.group = group;
    take(std::move(job), when);
}

/// Runs the job at once if it is small and needs no earlier job.
void Intake::take(BacklogJob job, const NoteTime& when) {
    if (!job.is_old && !backlog_.concerns(job.directory) && job.size() <= taken_at_once) {
        begin(job);
        if (job.size() <= taken_at_once) {
            while (step(job, when)) {
            }
            return;
        }
    }
    if (job.listing && !std::exchange(job.is_old, true))
        works_.remember_finished(job.directory);
    backlog_.push(std::move(job));
}

void Intake::work_off(const NoteTime& when, Clock::time_point end) {
    while (!backlog_.empty()) {
        BacklogJob& job = backlog_.front();
        if (!job.begun) {
            // The catalog must know all files below it.
            if (!job.listing && publisher_.has_pending())
                return;
            begin(job);
        }
        bool more = true;
        for (std::size_t steps = 0; more && steps < steps_a_look_at_the_clock; ++steps)
            more = job.is_done ? give_back(job) : step(job, when);
        if (!more && !std::exchange(job.is_done, true) && job.is_old)
            works_.forget_finished(job.directory);
        if (!more && !give_back(job))
            backlog_.pop();
        if (Clock::now() >= end)
            return;
    }
}

void Intake::follow_reading(std::optional<std::string_view> directory) {
    if (reading_ == directory)
        return;
    if (reading_)
        works_.forget_finished(*reading_);
    reading_ = directory;
    if (reading_)
        works_.remember_finished(*reading_);
}

void Intake::drop_listings() {
    drop_listings_in("");
}

void Intake::drop_listings_in(const std::string& directory) {
    for (const std::string& dropped : backlog_.drop_listings(directory))
        works_.forget_finished(dropped);
}

void Intake::begin(BacklogJob& job) {
    job.begun = true;
    if (job.listing) {
        begin_listing(job);
        return;
    }
    job.known = catalog_.below(job.directory);
    job.held = publisher_.held_below(job.directory);
    job.lost_directories.push_back(job.directory);
}

void Intake::begin_listing(BacklogJob& job) {
    const watcher::Listing& listing = *job.listing;
    const auto foreign = std::ranges::find_if(listing.files, [&](const auto& file) {
        return file.stat.device != root_device_;
    });
    if (foreign != listing.files.end())
        foreign_directories_.insert(listing.directory);
    else
        foreign_directories_.erase(listing.directory);
    if (!listing.directory.empty())
        if (const auto error = catalog_.set_directory(listing.directory, true))
            publisher_.note_unlisted(listing.directory, error);
    job.known = catalog_.children(listing.directory);
    job.compares_names = listing.complete && (!job.known.empty() || publisher_.holds_any());
    if (!job.compares_names)
        return;
    job.held = publisher_.held_below(listing.directory);
    job.names.reserve(listing.files.size());
    job.directories.insert(listing.directories.begin(), listing.directories.end());
}

bool Intake::step(BacklogJob& job, const NoteTime& when) {
    return job.listing ? step_listing(job, when) : step_gone(job, when);
}

bool Intake::step_listing(BacklogJob& job, const NoteTime& when) {
    const watcher::Listing& listing = *job.listing;
    if (job.files_done < listing.files.size()) {
        const watcher::ListedFile& file = listing.files[job.files_done++];
        if (job.compares_names)
            job.names.insert(file.name);
        note_listed(job, file, when);
        return true;
    }
    if (!listing.complete)
        note_unread(listing);
    if (!job.compares_names)
        return false;
    if (job.known_done < job.known.size()) {
        compare_known(job, job.known[job.known_done++], when);
        return true;
    }
    if (job.held_done < job.held.size()) {
        compare_held(job, job.held[job.held_done++], when);
        return true;
    }
    return false;
}

/// Frees a job's memory in steps, since some hundred thousand names take long.
bool Intake::give_back(BacklogJob& job) {
    if (!job.names.empty()) {
        job.names.erase(job.names.begin());
        return true;
    }
    if (job.listing && !job.listing->files.empty()) {
        job.listing->files.pop_back();
        return true;
    }
    if (!job.held.empty()) {
        job.held.pop_back();
        return true;
    }
    return false;
}

/// The directory could not be read to its end.
void Intake::note_unread(const watcher::Listing& listing) {
    bool is_known_below = false;
    catalog_.for_each_below(listing.directory, [&](ipc::FileId, const ipc::Record& record) {
        is_known_below = is_known_below || is_known(record);
    });
    if (is_known_below)
        lost_.push_back(listing.directory);
}

void Intake::compare_known(const BacklogJob& job, ipc::FileId child, const NoteTime& when) {
    const ipc::Record record = catalog_.read(child);
    const std::string path = catalog_.path(child);
    const std::string_view name = name_of(path);
    // What is not a directory any more may still have children: a predecessor may have died between
    // the loss of the directory and the publication of the deletions in it.
    if (!job.directories.contains(name) && !job.directories_since.contains(std::string(name)) &&
        (record.state == ipc::FileState::directory || catalog_.has_children(child)))
        lose_directory(path, no_group, when);
    if (is_known(record) && !job.names.contains(name))
        look_now(path, when);
}

void Intake::compare_held(const BacklogJob& job, const std::string& path, const NoteTime& when) {
    std::string_view name = path;
    name.remove_prefix(job.directory.empty() ? 0 : job.directory.size() + 1);
    const auto slash = name.find('/');
    name = name.substr(0, slash);
    if (!(slash == name.npos ? job.names : job.directories).contains(name))
        look_now(path, when);
}

bool Intake::step_gone(BacklogJob& job, const NoteTime& when) {
    if (job.known_done < job.known.size()) {
        const ipc::FileId file = job.known[job.known_done++];
        const ipc::Record record = catalog_.read(file);
        if (is_known(record))
            look_now(catalog_.path(file), when, job.group);
        else if (record.state == ipc::FileState::directory)
            job.lost_directories.push_back(catalog_.path(file));
        return true;
    }
    if (job.held_done < job.held.size()) {
        look_now(job.held[job.held_done++], when, job.group);
        return true;
    }
    end_gone(job);
    return false;
}

/// The directories' entries are freed when the deletions below them are forgotten. If the
/// directories exist again already, a listing follows that restores them.
void Intake::end_gone(const BacklogJob& job) {
    for (auto path = job.lost_directories.rbegin(); path != job.lost_directories.rend(); ++path) {
        static_cast<void>(catalog_.set_directory(*path, false));  // fails only where it makes one
        foreign_directories_.erase(*path);
    }
}

void Intake::note_listed(
    const BacklogJob& job,
    const watcher::ListedFile& file,
    const NoteTime& when
) {
    const watcher::FileStat& stat = file.stat;
    std::string path = join(job.directory, file.name);
    // A look since then is newer. And what happened to a file under another name since then was
    // reported under that name only.
    if (job.is_old && (job.is_doubtful || stat.links > 1 || works_.was_finished(path))) {
        look_now(path, when);
        return;
    }
    const bool through_link = stat.links > 1 && watcher_.leads_through_link(path);
    if (hard_links_.see(path, stat, through_link).lost_name)
        note(path, {.created = true}, when);
    // The directory may have been elsewhere, where changes in it were not reported.
    for (const std::string& sibling : hard_links_.outdated_siblings(path))
        look_now(sibling, when);
    const auto known = job.is_old || !job.known.empty() ? catalog_.find(path) : std::nullopt;
    const ipc::Record record = known ? catalog_.read(*known) : ipc::Record();
    const auto refusal = refusal_by_stat(policy_, stat);
    if (agrees_with(record, stat)) {
        // Nothing changed, but a file that was unavailable or stale may be readable now.
        if (record.reason != refusal || publisher_.holds_content_of(path))
            look_now(path, when);
        publisher_.withdraw(path);
        return;
    }
    const bool was_read = record.hash_known || record.resident;
    if (is_known(record) && (was_read || refusal == ipc::UnavailableReason::none)) {
        look_now(path, when);
        return;
    }
    if (works_.find(path) != nullptr)
        return;  // a look with a better reason is under way
    const GroupId group = groups_.group_of(path);
    publisher_.add(std::move(path), {.unavailable = refusal, .stat = stat}, std::nullopt, group);
}

}  // namespace treecast::daemon
