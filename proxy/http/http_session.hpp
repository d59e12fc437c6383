// A connection that speaks HTTP/1: one request after the other, answered in their order.
#pragma once

#include "proxy/net/session.hpp"

namespace treecast::proxy {

class HttpSession final : public Session {
public:
    /// Takes a connected, non-blocking socket, and keeps itself alive until it is closed.
    static void start(SessionShared& shared, UniqueFd socket);

private:
    HttpSession(SessionShared& shared, UniqueFd socket);
    void process_input() override;
    void end_of_input() override;
    void reading_is_over() override;

    void process_head(std::size_t length);
    void refuse(unsigned status);
    void settle_input();

    bool partial_ = false;      // the deadline is that of a request which has begun
    bool blank_begun_ = false;  // empty lines came before the next request: they begin it
};

}  // namespace treecast::proxy
