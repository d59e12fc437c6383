#include "daemon/audit_round.hpp"

#include "base/tree_path.hpp"
#include "daemon/capture.hpp"
#include "daemon/record_match.hpp"

#include <ctime>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>

namespace treecast::daemon {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds slice{1};  // of work between two sleeps
constexpr unsigned entries_per_rest = 64;
constexpr unsigned looks_max = 4;  // at a difference that changes between looks

std::chrono::nanoseconds processor_time() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

bool holds_content(const ipc::Record& record) {
    return record.state == ipc::FileState::present && record.resident && record.hash_known;
}

}  // namespace

AuditRound::AuditRound(
    const watcher::TreeRoot& root,
    const ipc::CatalogReader& catalog,
    bool hidden,
    Pause& pause
)
    : root_(root),
      catalog_(catalog),
      hidden_(hidden),
      pause_(pause),
      worked_until_(processor_time()) {}

void AuditRound::run(const std::function<void(const std::string& path)>& report) {
    static_cast<void>(
        compare_directories() && look_for_absent() && compare_contents() && confirm(report)
    );
}

// --- Names and stats -----------------------------------------------------------------------

bool AuditRound::compare_directories() {
    directories_.emplace_back();
    while (!directories_.empty()) {
        const std::string directory = std::move(directories_.back());
        directories_.pop_back();
        if (!compare_directory(directory) || !rest())
            return false;
    }
    return true;
}

bool AuditRound::compare_directory(const std::string& directory) {
    const auto handle = root_.open_path(directory);
    if (!handle)
        return true;  // absent files are found later; other errors are the watcher's to report
    const UniqueFd fd(::openat(handle->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
    );
    if (!fd || reader_.read(fd.get()))
        return true;
    watcher::DirectoryEntry entry;
    unsigned entries = 0;
    while (reader_.next(entry)) {
        if (is_valid_name(entry.name) && (hidden_ || entry.name[0] != '.'))
            compare_entry(fd.get(), join(directory, entry.name), entry);
        if (++entries % entries_per_rest == 0 && !rest())
            return false;
    }
    return true;
}

void AuditRound::compare_entry(
    int directory,
    const std::string& path,
    const watcher::DirectoryEntry& entry
) {
    const watcher::EntryType type = entry.type == watcher::EntryType::unknown
                                        ? watcher::entry_type(directory, entry.name)
                                        : entry.type;
    switch (type) {
        case watcher::EntryType::regular:
            return compare_file(directory, entry.name, path);
        case watcher::EntryType::directory: {
            const auto found = catalog_.find(path);
            if (found && found->record.state == ipc::FileState::directory)
                directories_.push_back(path);
            else
                note(path, sight_of(path));
            return;
        }
        case watcher::EntryType::link:
            return compare_link(path);
        case watcher::EntryType::other:
        case watcher::EntryType::unknown:
            return;
    }
}

void AuditRound::compare_file(int directory, const char* name, const std::string& path) {
    const auto found = catalog_.find(path);
    if (found)
        mark_seen(found->file);
    struct stat status {};
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
        return;
    if (!found || !agrees_with(found->record, watcher::file_stat_of(status)))
        note(path, sight_of(path));
}

/// A link unknown to the catalog may have been refused, so it is no difference.
void AuditRound::compare_link(const std::string& path) {
    const auto found = catalog_.find(path);
    if (!found)
        return;
    if (found->record.state == ipc::FileState::directory) {
        directories_.push_back(path);
    } else if (is_known(found->record)) {
        mark_seen(found->file);
        note(path, sight_of(path));
    }
}

bool AuditRound::look_for_absent() {
    std::vector<ipc::FileId> unseen;
    catalog_.walk([&](ipc::FileId file, const ipc::Record& record) {
        if (is_known(record) && (file.slot() >= seen_.size() || !seen_[file.slot()]))
            unseen.push_back(file);
        return true;
    });
    for (const ipc::FileId file : unseen) {
        if (const auto path = catalog_.path(file))
            note(*path, sight_of(*path));
        if (!rest())
            return false;
    }
    return true;
}

AuditRound::Sight AuditRound::sight_of(const std::string& path) const {
    const Look look = look_at(root_, path);
    const auto found = catalog_.find(path);
    const ipc::Record record = found ? found->record : ipc::Record();
    Sight sight{.seen = look.seen, .stat = look.stat, .change_revision = record.change_revision};
    switch (look.seen) {
        case Seen::trouble:
            break;
        case Seen::absent:
        case Seen::special:
            sight.differs = is_known(record);
            break;
        case Seen::directory:
            sight.differs = record.state != ipc::FileState::directory;
            break;
        case Seen::file:
            sight.differs = !agrees_with(record, look.stat);
            break;
    }
    return sight;
}

// --- Contents ------------------------------------------------------------------------------

bool AuditRound::compare_contents() {
    std::vector<ipc::FileId> files;
    catalog_.walk([&](ipc::FileId file, const ipc::Record& record) {
        if (holds_content(record))
            files.push_back(file);
        return true;
    });
    for (const ipc::FileId file : files) {
        if (const auto path = catalog_.path(file))
            note(*path, content_sight_of(*path));
        if (!rest())
            return false;
    }
    return true;
}

/// `differs` only if stat agrees with the record but the hash does not.
AuditRound::Sight AuditRound::content_sight_of(const std::string& path) const {
    const auto before = catalog_.find(path);
    const Look look = look_at(root_, path);
    if (!before || !holds_content(before->record) || look.seen != Seen::file ||
        !agrees_with(before->record, look.stat))
        return {};
    CaptureRequest request;
    request.arrived_whole = true;
    request.writer_accepted = true;  // nothing is published, so a writer does not matter
    request.may_block = true;
    request.size_max = std::numeric_limits<std::uint64_t>::max();
    const Capture hashed = capture(look, request);
    const auto after = catalog_.find(path);
    Sight sight{
        .seen = look.seen,
        .stat = look.stat,
        .change_revision = before->record.change_revision,
        .contents_differ = true,
    };
    sight.differs = hashed.end == CaptureEnd::captured && hashed.stat == look.stat && after &&
                    after->record == before->record && hashed.sha256 != before->record.sha256;
    return sight;
}

// --- Differences ---------------------------------------------------------------------------

bool AuditRound::confirm(const std::function<void(const std::string& path)>& report) {
    for (std::size_t i = 0; i < differences_.size(); ++i) {
        const Difference difference = differences_[i];
        const auto left = difference.found + settling - Clock::now();
        if (left > Clock::duration() && !pause_.sleep(left))
            return false;
        const Sight now = difference.sight.contents_differ ? content_sight_of(difference.path)
                                                           : sight_of(difference.path);
        if (now == difference.sight)
            report(difference.path);
        else if (now.differs && difference.looks < looks_max)
            differences_.push_back({difference.path, now, Clock::now(), difference.looks + 1});
        if (!rest())
            return false;
    }
    return true;
}

void AuditRound::note(const std::string& path, const Sight& sight) {
    if (sight.differs && differences_.size() < differences_max)
        differences_.push_back({path, sight, Clock::now()});
}

void AuditRound::mark_seen(ipc::FileId file) {
    if (file.slot() >= seen_.size())
        seen_.resize(std::size_t{file.slot()} + 1 + seen_.size() / 2);
    seen_[file.slot()] = true;
}

bool AuditRound::rest() {
    const auto worked = processor_time() - worked_until_;
    if (worked < slice)
        return pause_.sleep({});
    const bool goes_on = pause_.sleep(worked * share);
    worked_until_ = processor_time();
    return goes_on;
}

}  // namespace treecast::daemon
