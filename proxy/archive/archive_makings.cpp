#include "proxy/archive/archive_makings.hpp"

#include "base/log.hpp"
#include "proxy/archive/archive_packing.hpp"

#include <boost/asio/post.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;
using Kind = MadeArchive::Kind;
using Outcome = ArchiveCopy::Outcome;

/// How long a state is looked for that holds still.
constexpr Clock::duration restless_max = 10s;
constexpr Clock::duration restless_pause = 2ms;

Kind kind_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::refused:
            return Kind::refused;
        case Outcome::too_large:
            return Kind::too_large;
        case Outcome::too_many:
            return Kind::too_many;
        case Outcome::no_room:
            return Kind::no_room;
        case Outcome::settled:
        case Outcome::unchanged:
        case Outcome::restless:
        case Outcome::wants:
        case Outcome::unreadable:
        case Outcome::stopped:
            break;
    }
    return Kind::failed;
}

std::shared_ptr<MadeArchive> made_of(const ArchiveCopy& copy, Kind kind) {
    auto made = std::make_shared<MadeArchive>();
    made->kind = kind;
    made->epoch = copy.epoch();
    made->revision = copy.revision();
    made->version = copy.newest_change();
    if (kind == Kind::refused) {
        const auto refused = copy.files().refused();
        made->file = refused->file;
        made->refused = refused->path;
        made->reason = refused->reason;
    }
    return made;
}

/// Each coding of a state has its own.
Sha256 hash_of(const Sha256& digest, Coding coding) {
    Sha256Hasher hasher;
    const std::string_view ending = ending_of(coding);
    hasher.update(digest.data(), digest.size());
    hasher.update(ending.data(), ending.size());
    return hasher.finish();
}

/// Packs a settled state, and keeps it.
ArchiveExchange::Result pack_and_keep(
    ArchiveCopy& copy,
    const ArchiveTarget& target,
    MadeContents& contents,
    const std::stop_token& stop
) {
    if (copy.files().size() == 0)
        return {made_of(copy, Kind::absent)};
    auto packed = pack(copy, target.coding, contents, stop);
    if (!packed)
        return {made_of(copy, Kind::no_room)};
    const auto made = made_of(copy, Kind::present);
    made->stale_since = copy.files().stale_since();
    made->digest = copy.files().digest();
    made->hash = hash_of(made->digest, target.coding);
    made->kept_as = {made->epoch, made->revision};
    contents.keep(content_key(target.name), made->kept_as, packed);
    return {made, std::move(packed)};
}

/// The state is that of the last archive.
std::shared_ptr<const MadeArchive> renewed(const MadeArchive& last, const ArchiveCopy& copy) {
    const auto made = made_of(copy, Kind::present);
    made->stale_since = copy.files().stale_since();
    made->digest = last.digest;
    made->hash = last.hash;
    made->kept_as = last.kept_as;
    return made;
}

}  // namespace

ArchiveMakings::ArchiveMakings(
    boost::asio::io_context& context,
    Attachment& attachment,
    ArchiveShared shared,
    WantSender& wants,
    Counters& counters,
    ArchiveLimits limits,
    std::chrono::milliseconds load_timeout,
    Ended ended
)
    : context_(context),
      attachment_(attachment),
      shared_(shared),
      wants_(wants),
      counters_(counters),
      limits_(limits),
      load_timeout_(load_timeout),
      ended_(std::move(ended)) {}

void ArchiveMakings::ask(const ArchiveTarget& target) {
    const bool is_to_make = shared_.exchange.ask(
        target.name,
        [this, name = target.name](const ArchiveExchange::Result& result) {
            boost::asio::post(context_, [this, name, result] {
                ended_(name, result);
            });
        }
    );
    if (!is_to_make)
        return;
    Work& work = works_.try_emplace(target.name, context_, target, ++numbers_).first->second;
    if (begin(work))
        advance(work);
    else
        end(target.name, {failure(work, Kind::failed)});
}

bool ArchiveMakings::begin(Work& work) {
    auto directory = attachment_.directory().share();
    if (!directory) {
        log::error("{}: cannot be made: {}", work.target.name, directory.error().message());
        return false;
    }
    work.last = shared_.exchange.last(work.target.name);
    // What is known of another epoch, or no longer kept, is of no use.
    if (work.last && !shared_.contents.find(content_key(work.target.name), work.last->kept_as))
        work.last = nullptr;
    work.copy = std::make_shared<ArchiveCopy>(
        attachment_.catalog()->share(),
        std::move(*directory),
        work.target.prefix,
        limits_,
        work.last ? std::optional(work.last->digest) : std::nullopt,
        shared_.contents
    );
    return true;
}

/// The next step, by the maker. If the work is gone before it begins, nothing is done.
void ArchiveMakings::advance(Work& work) {
    shared_.maker.add([this,
                       target = work.target,
                       number = work.number,
                       last = work.last,
                       given = std::weak_ptr(work.copy)](const std::stop_token& stop) {
        Progress progress{Outcome::stopped};
        {
            const auto copy = given.lock();
            if (!copy)
                return;
            progress.outcome = copy->advance(stop);
            switch (progress.outcome) {
                case Outcome::settled:
                    progress.result = pack_and_keep(*copy, target, shared_.contents, stop);
                    break;
                case Outcome::unchanged:
                    progress.result.made = renewed(*last, *copy);
                    break;
                case Outcome::restless:
                case Outcome::wants:
                case Outcome::stopped:
                    break;
                case Outcome::refused:
                case Outcome::too_large:
                case Outcome::too_many:
                case Outcome::no_room:
                case Outcome::unreadable:
                    progress.result.made = made_of(*copy, kind_of(progress.outcome));
                    break;
            }
        }
        boost::asio::post(context_, [this, name = target.name, number, progress] {
            take(name, number, progress);
        });
    });
}

/// The work may be gone by now, or be another one.
void ArchiveMakings::take(const std::string& name, std::uint64_t number, const Progress& progress) {
    const auto found = works_.find(name);
    if (found == works_.end() || found->second.number != number)
        return;
    Work& work = found->second;
    if (progress.outcome == Outcome::unreadable)
        log::error("{}: a content in shared memory cannot be read", name);
    if (progress.result.made)
        return end(name, progress.result);
    if (progress.outcome == Outcome::stopped)
        return;  // the process ends
    const auto now = Clock::now();
    if (work.copy->was_complete() && work.give_up_at == Clock::time_point{})
        work.give_up_at = now + restless_max;
    if (work.give_up_at != Clock::time_point{} && now >= work.give_up_at)
        return end(name, {failure(work, Kind::restless)});
    if (progress.outcome == Outcome::wants)
        want_contents(work);
    else
        pause(work);
}

void ArchiveMakings::want_contents(Work& work) {
    work.load_deadline = Clock::now() + load_timeout_;
    for (const ipc::FileId file : work.copy->missing())
        work.wanted.insert(file.value);
    send_wants(work);
}

void ArchiveMakings::send_wants(const Work& work) {
    for (const std::uint64_t id : work.wanted)
        wants_.add(ipc::FileId{id}, true, work.load_deadline);
}

void ArchiveMakings::loaded(ipc::FileId file) {
    for (auto& [name, work] : works_) {
        if (work.wanted.erase(file.value) == 0)
            continue;
        work.load_deadline = Clock::now() + load_timeout_;
        if (work.wanted.empty())
            advance(work);
    }
}

/// While others write, or in the middle of a publication.
void ArchiveMakings::pause(Work& work) {
    if (work.give_up_at == Clock::time_point{})
        work.give_up_at = Clock::now() + restless_max;
    work.pause.expires_after(restless_pause);
    work.pause.async_wait([this,
                           name = work.target.name,
                           number = work.number](const boost::system::error_code& error) {
        const auto found = works_.find(name);
        if (!error && found != works_.end() && found->second.number == number)
            advance(found->second);
    });
}

void ArchiveMakings::housekeep() {
    const auto now = Clock::now();
    std::vector<std::string> late;
    for (const auto& [name, work] : works_)
        if (!work.wanted.empty() && work.load_deadline <= now)
            late.push_back(name);
        else
            send_wants(work);  // which end earlier than the work, if others were loaded since
    for (const std::string& name : late) {
        const Work& work = works_.at(name);
        const auto made = failure(work, Kind::not_loaded);
        if (const auto* const file = work.copy->files().find(ipc::FileId{*work.wanted.begin()}))
            made->refused = file->path;
        end(name, {made});
    }
}

void ArchiveMakings::end_all() {
    std::vector<std::string> names;
    for (const auto& [name, work] : works_)
        names.push_back(name);
    for (const std::string& name : names)
        end(name, {failure(works_.at(name), Kind::failed)});
}

/// A failure that does not look at the copy, which the maker may be working on.
std::shared_ptr<MadeArchive> ArchiveMakings::failure(const Work& work, Kind kind) const {
    auto made = std::make_shared<MadeArchive>();
    made->kind = kind;
    made->epoch = work.copy ? work.copy->epoch() : attachment_.catalog()->epoch();
    return made;
}

void ArchiveMakings::end(const std::string& name, ArchiveExchange::Result result) {
    const MadeArchive& made = *result.made;
    if (made.kind == Kind::refused)  // the next one may find it loaded
        wants_.add(made.file, true, Clock::now() + load_timeout_);
    if (made.lasts() && made.kind != Kind::present)
        shared_.contents.remove(content_key(name));
    if (result.content)
        raise(counters_.archives_made);
    // To give a large copy back takes a while, for which nobody should wait.
    if (const auto work = works_.find(name); work != works_.end()) {
        shared_.maker.add([copy = std::move(work->second.copy)](const std::stop_token&) {});
        works_.erase(work);
    }
    shared_.exchange.finish(name, result);
}

}  // namespace treecast::proxy
