// A request for a file that is held, and the file that it waits for. One thread.
//
// This is all that a parked subscriber keeps besides its connection: no buffers, no header text.
#pragma once

#include "proxy/files/file_request.hpp"
#include "proxy/net/deadlines.hpp"

#include <boost/intrusive/list.hpp>

namespace treecast::proxy {

class Session;
struct Topic;

struct Waiter
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Waiter(Session& of, FileRequest request_) : session(of), request(std::move(request_)) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter();

    Session& session;  // owns this
    FileRequest request;
    Topic* topic = nullptr;
    Clock::time_point wait_until{};  // end of the asked wait
    bool loading = false;            // the deadline is that of the load, not of the wait
};

}  // namespace treecast::proxy
