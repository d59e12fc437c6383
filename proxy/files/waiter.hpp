// A held request for a file. One thread.
//
// A parked subscriber keeps only this and its connection: no buffers and no header text.
#pragma once

#include "proxy/files/file_answers.hpp"
#include "proxy/files/file_request.hpp"
#include "proxy/net/connection.hpp"
#include "proxy/net/held_request.hpp"

#include <boost/intrusive/list.hpp>

namespace treecast::proxy {

struct Topic;

struct Waiter final
    : HeldRequest,
      boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Waiter(Connection& of, FileAnswers& words, FileRequest request_)
        : connection(of), answers(words), request(std::move(request_)) {}
    ~Waiter() override;

    void wait_is_over() override;
    /// A FIN does not tell a client that has gone from one that has only finished sending. A poll
    /// that waits for a change is closed; a request that waits for its content is still answered,
    /// and the end is found again after that.
    void peer_ended() override;
    void end_by(Clock::time_point at) override;
    void turn_away() override;

    Connection& connection;  // owns this
    FileAnswers& answers;
    FileRequest request;
    Topic* topic = nullptr;
    Clock::time_point wait_until{};  // end of the requested wait
    // The deadline belongs to the wait, unless one of the first two is set.
    bool loading = false;         // waits for the content
    bool awaits_coding = false;   // waits for a coding of the content, in the topic's list for that
    bool coding_is_late = false;  // takes what there is
};

// With malloc's overhead for both objects a parked subscriber takes 368 bytes.
static_assert(sizeof(Waiter) <= 184);
static_assert(sizeof(Waiter) + sizeof(Connection) < 500);

/// Answers waiters.
class WaiterOwner {
public:
    virtual void wait_is_over(Waiter& waiter) = 0;
    virtual void turn_away(Waiter& waiter) = 0;

protected:
    ~WaiterOwner() = default;
};

}  // namespace treecast::proxy
