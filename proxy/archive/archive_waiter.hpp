// A held request for an archive. One thread.
#pragma once

#include "proxy/files/file_request.hpp"
#include "proxy/net/waiting_request.hpp"

#include <boost/intrusive/list.hpp>

#include <cstdint>

namespace treecast::proxy {

struct ArchiveTopic;
class ArchiveWaiterOwner;

struct ArchiveWaiter final
    : WaitingRequest,
      boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    ArchiveWaiter(Connection& of, ArchiveWaiterOwner& answered_by, FileRequest request_)
        : WaitingRequest(of), owner(answered_by), request(std::move(request_)) {}
    ~ArchiveWaiter() override;

    void wait_is_over() override;
    void turn_away() override;

    ArchiveWaiterOwner& owner;
    FileRequest request;
    ArchiveTopic* topic = nullptr;
    std::uint64_t not_before = 0;  // it is answered with a state of this revision or a later one
    bool is_loading = false;       // the answer is being made; the deadline is not the wait's

private:
    bool waits_for_news() const noexcept override { return !is_loading; }
};

// With its connection and malloc's overhead a parked subscriber takes 384 bytes.
static_assert(sizeof(ArchiveWaiter) <= 200);

class ArchiveWaiterOwner {
public:
    virtual void wait_is_over(ArchiveWaiter& waiter) = 0;
    virtual void turn_away(ArchiveWaiter& waiter) = 0;
    virtual void removed(ArchiveWaiter& waiter) = 0;

protected:
    ~ArchiveWaiterOwner() = default;
};

inline ArchiveWaiter::~ArchiveWaiter() {
    owner.removed(*this);
}
inline void ArchiveWaiter::wait_is_over() {
    owner.wait_is_over(*this);
}
inline void ArchiveWaiter::turn_away() {
    owner.turn_away(*this);
}

}  // namespace treecast::proxy
