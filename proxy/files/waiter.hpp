// A held request for a file. One thread.
//
// A parked subscriber keeps only this and its connection: no buffers and no header text.
#pragma once

#include "proxy/files/file_answers.hpp"
#include "proxy/files/file_request.hpp"
#include "proxy/net/waiting_request.hpp"

#include <boost/intrusive/list.hpp>

namespace treecast::proxy {

struct Topic;

struct Waiter final
    : WaitingRequest,
      boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Waiter(Connection& of, FileAnswers& words, FileRequest request_)
        : WaitingRequest(of), answers(words), request(std::move(request_)) {}
    ~Waiter() override;

    void wait_is_over() override;
    void turn_away() override;

    FileAnswers& answers;
    FileRequest request;
    Topic* topic = nullptr;
    // The deadline belongs to the wait, unless one of the first two is set.
    bool loading = false;         // waits for the content
    bool awaits_coding = false;   // waits for a coding of the content, in the topic's list for that
    bool coding_is_late = false;  // takes what there is

private:
    bool waits_for_news() const noexcept override { return !loading && !awaits_coding; }
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
