// The worker's cache of recently used representations. One thread.
#pragma once

#include "base/error.hpp"
#include "ipc/object_directory.hpp"
#include "proxy/counters.hpp"
#include "proxy/http/content_type.hpp"
#include "proxy/representation/representation.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace treecast::proxy {

/// Holds at most `entries_max` representations, whose contents on the heap take about
/// `heap_bytes_max`. The least recently used ones are evicted first. The limits may be exceeded
/// while contents are being sent.
class RepresentationCache {
public:
    static constexpr std::size_t entries_max = 1024;
    static constexpr std::uint64_t heap_bytes_max = 8 << 20;

    /// Both outlive the cache.
    RepresentationCache(Counters& counters, const ContentTypes& types)
        : counters_(counters), types_(types) {}
    ~RepresentationCache() { clear(); }
    RepresentationCache(const RepresentationCache&) = delete;
    RepresentationCache& operator=(const RepresentationCache&) = delete;

    /// Returns the representation of exactly this record, whose hash must be known. It is valid
    /// until the next call of get() or of what removes some.
    Representation&
    get(ipc::FileId file, const ipc::Record& record, std::uint64_t epoch, std::string_view path);
    /// Opens the content if it is not open. Fails with Errc::superseded or Errc::damaged.
    ErrorCode open(Representation& representation, const ipc::ObjectDirectory& directory);
    /// Removes the representation of an older version after the file changed to `record`.
    void remove_superseded(ipc::FileId file, const ipc::Record* record);
    bool holds(ipc::FileId file) const { return by_file_.contains(file.value); }
    /// Calls `visit` for all representations and removes those for which it returns false.
    template <class Visit>
    void keep_if(const Visit& visit) {
        for (auto it = recent_.begin(); it != recent_.end();) {
            Representation& representation = *it++;
            if (!visit(representation))
                erase(representation);
        }
    }
    void clear();

private:
    void erase(Representation& representation);
    void make_room();

    Counters& counters_;
    const ContentTypes& types_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Representation>> by_file_;
    boost::intrusive::list<Representation> recent_;  // most recently used first
    std::uint64_t heap_bytes_ = 0;
};

}  // namespace treecast::proxy
