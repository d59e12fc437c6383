// The codings of files' contents: each is made once for a version, by the maker, for all who ask in
// all workers. One for the process. Thread safe.
#pragma once

#include "base/version.hpp"
#include "ipc/catalog_record.hpp"
#include "proxy/coding.hpp"
#include "proxy/source/content_encoding.hpp"
#include "proxy/source/made_contents.hpp"
#include "proxy/source/maker.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace treecast::proxy {

enum class CodingState : std::uint8_t {
    unknown,  // not made, or evicted since
    being_made,
    made,
    useless,  // it does not make this content smaller
};

class Codings {
public:
    /// The most codings that are being made or wait for it.
    static constexpr std::size_t works_max = 64;

    /// Whom to notify: one for each worker, which outlives the maker.
    struct Listener {
        boost::asio::io_context& context;
        std::function<void(ipc::FileId)> ended;  // called in the context's thread, whatever came
    };
    struct Found {
        CodingState state = CodingState::unknown;
        std::shared_ptr<const MadeContent> content{};  // null unless it is made
    };

    Codings(Maker& maker, MadeContents& contents) : maker_(maker), contents_(contents) {}
    Codings(const Codings&) = delete;
    Codings& operator=(const Codings&) = delete;

    Found find(ipc::FileId file, const Version& version, Coding coding);
    /// Makes it, or joins those for whom it is being made. Returns false if too many are waiting.
    bool make(
        ipc::FileId file,
        const Version& version,
        Coding coding,
        PlainContent plain,
        const Listener& listener
    );
    /// Drops the codings of all versions of the file but this one. What is being made of others
    /// stops.
    void remove_superseded(ipc::FileId file, const Version& version);
    /// Drops all: what is of the past is not known.
    void clear();
    /// Whether there is nothing to remove. Takes no lock.
    bool empty() const noexcept {
        return works_count_.load(std::memory_order_relaxed) == 0 && contents_.empty();
    }
    /// How many were made since the start.
    std::uint64_t made() const noexcept { return made_.load(std::memory_order_relaxed); }

private:
    /// The maker does nothing for a work that has left the map.
    struct Work {
        ipc::FileId file;
        Version version;
        Coding coding = Coding::identity;
        PlainContent plain;
        std::vector<const Listener*> listeners;
        std::atomic<bool> is_over{false};
    };
    using Works = std::unordered_map<std::string, std::shared_ptr<Work>>;

    void
    run(const std::string& key, const std::shared_ptr<Work>& work, const std::stop_token& stop);
    void abandon(Works::iterator work);

    Maker& maker_;
    MadeContents& contents_;
    std::mutex mutex_;
    Works works_;
    std::atomic<std::size_t> works_count_{0};
    std::atomic<std::uint64_t> made_{0};
};

}  // namespace treecast::proxy
