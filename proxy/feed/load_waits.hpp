// Who waits for files to be loaded, and is woken when they are, in turns. One thread.
#pragma once

#include "ipc/catalog_record.hpp"
#include "proxy/source/due_topics.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include <vector>

namespace treecast::proxy {

/// Waits for one file at a time. Destroying it ends the wait.
class LoadWaiter : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    LoadWaiter(const LoadWaiter&) = delete;
    LoadWaiter& operator=(const LoadWaiter&) = delete;

    /// It no longer waits. It may be destroyed by this.
    virtual void loaded() = 0;

protected:
    LoadWaiter() = default;
    ~LoadWaiter() = default;

private:
    friend class LoadWaits;
    ipc::FileId file_{};
};

class LoadWaits {
public:
    explicit LoadWaits(boost::asio::io_context& context);
    LoadWaits(const LoadWaits&) = delete;
    LoadWaits& operator=(const LoadWaits&) = delete;

    void add(LoadWaiter& waiter, ipc::FileId file);
    bool empty() const noexcept { return waiting_.empty() && due_.empty(); }

    /// Those who wait for this file are woken at the end of the batch.
    void loaded(ipc::FileId file);
    void end_batch();
    void wake_all();

private:
    void make_due(LoadWaiter& waiter);

    boost::intrusive::list<LoadWaiter, boost::intrusive::constant_time_size<false>> waiting_;
    DueTopics<LoadWaiter> due_;
    std::vector<ipc::FileId> loaded_;  // since the last batch
};

}  // namespace treecast::proxy
