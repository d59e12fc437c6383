// Reports the files in use to the daemon, which does not evict them. One thread; without I/O.
#pragma once

#include "ipc/catalog_record.hpp"
#include "proxy/source/send_request.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace treecast::proxy {

class InUseReport {
public:
    /// Reports `files` in at most a few messages a call, so that wants find room in the queue; the
    /// next call continues after them. Every message wakes the daemon, so an unchanged list is not
    /// reported at each call.
    void send(const SendRequest& send_request, std::uint64_t epoch, std::vector<ipc::FileId> files);

private:
    bool is_due(const std::vector<ipc::FileId>& files) noexcept;

    std::vector<ipc::FileId> reported_;  // the list of the last call that sent
    std::size_t count_ = 0;              // how many of them the queue took
    std::size_t next_ = 0;
    unsigned kept_ = 0;  // calls with an unchanged list
};

}  // namespace treecast::proxy
