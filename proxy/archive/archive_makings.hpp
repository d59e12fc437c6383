// Has archives made by the maker, and has the contents loaded that they lack. One thread.
//
// The maker's thread copies and packs. This only says when it goes on: once the contents that were
// missing are loaded, or after a pause while the files change.
#pragma once

#include "proxy/archive/archive_copy.hpp"
#include "proxy/archive/archive_exchange.hpp"
#include "proxy/archive/archive_target.hpp"
#include "proxy/archive/made_archive.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/made_contents.hpp"
#include "proxy/source/maker.hpp"
#include "proxy/source/want_sender.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>

namespace treecast::proxy {

/// What all workers of the process share to make archives. Thread safe.
struct ArchiveShared {
    Maker& maker;
    MadeContents& contents;
    ArchiveExchange& exchange;
};

class ArchiveMakings {
public:
    /// `ended` gets what came of each archive that was asked for.
    using Ended = std::function<void(const std::string& name, const ArchiveExchange::Result&)>;
    ArchiveMakings(
        boost::asio::io_context& context,
        Attachment& attachment,
        ArchiveShared shared,
        WantSender& wants,
        Counters& counters,
        ArchiveLimits limits,
        std::chrono::milliseconds load_timeout,
        Ended ended
    );

    /// Has it made, by this worker or another one. There must be a catalog.
    void ask(const ArchiveTarget& target);
    void loaded(ipc::FileId file);
    /// Ends what has waited too long for contents, and goes on asking for the others. To be called
    /// now and then.
    void housekeep();
    /// The catalog was replaced: what is being made is of the past.
    void end_all();

private:
    /// An archive that this worker makes.
    struct Work {
        Work(boost::asio::io_context& context, ArchiveTarget target_, std::uint64_t number_)
            : target(std::move(target_)), number(number_), pause(context) {}

        const ArchiveTarget target;
        const std::uint64_t number;  // what earlier works of this name come to is dropped
        std::shared_ptr<const MadeArchive> last{};
        std::shared_ptr<ArchiveCopy> copy{};  // the maker's while it works on it
        boost::asio::steady_timer pause;
        std::unordered_set<std::uint64_t> wanted{};  // contents that are being loaded
        Clock::time_point load_deadline{};           // while some are
        Clock::time_point give_up_at{};              // set once all was copied
    };
    /// What one job of the maker came to.
    struct Progress {
        ArchiveCopy::Outcome outcome = ArchiveCopy::Outcome::stopped;
        ArchiveExchange::Result result{};  // empty: it goes on
    };

    bool begin(Work& work);
    void advance(Work& work);
    void take(const std::string& name, std::uint64_t number, const Progress& progress);
    void want_contents(Work& work);
    void send_wants(const Work& work);
    void pause(Work& work);
    void end(const std::string& name, ArchiveExchange::Result result);
    std::shared_ptr<MadeArchive> failure(const Work& work, MadeArchive::Kind kind) const;

    boost::asio::io_context& context_;
    Attachment& attachment_;
    const ArchiveShared shared_;
    WantSender& wants_;
    Counters& counters_;
    const ArchiveLimits limits_;
    const std::chrono::milliseconds load_timeout_;
    const Ended ended_;
    std::map<std::string, Work> works_;
    std::uint64_t numbers_ = 0;
};

}  // namespace treecast::proxy
