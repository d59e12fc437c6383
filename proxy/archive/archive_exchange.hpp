// What the workers tell each other of archives: which ones are being made, and what came of those
// that were. So each is made once for all who ask, in whichever worker. Thread safe.
#pragma once

#include "proxy/archive/made_archive.hpp"
#include "proxy/source/made_contents.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace treecast::proxy {

class ArchiveExchange {
public:
    struct Result {
        std::shared_ptr<const MadeArchive> made;
        /// Of a present one. It may be evicted before all who asked have it, so they are handed it.
        std::shared_ptr<const MadeContent> content{};
    };
    /// Called once, in the thread of the worker that has made it: it is to post to its own.
    using Receive = std::function<void(const Result&)>;

    /// Returns whether the caller has to make it and then to call finish(); otherwise another
    /// worker does. `receive` gets what comes of it.
    bool ask(const std::string& name, Receive receive);
    void finish(const std::string& name, const Result& result);
    /// The last archive with contents that was made under this name; null if it is not known.
    std::shared_ptr<const MadeArchive> last(const std::string& name) const;

    /// Only so many archives are remembered.
    static constexpr std::size_t remembered_max = 1024;

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::vector<Receive>> asked_;
    std::map<std::string, std::shared_ptr<const MadeArchive>> made_;
};

}  // namespace treecast::proxy
