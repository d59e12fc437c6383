// A connection that speaks GETFILE, in either dialect: one request, one answer, the end.
#pragma once

#include "proxy/net/session.hpp"

namespace treecast::proxy {

class GetfileSession final : public Session {
public:
    /// Takes a connected, non-blocking socket, and keeps itself alive until it is closed.
    static void start(SessionShared& shared, Protocol dialect, UniqueFd socket);

private:
    GetfileSession(SessionShared& shared, Protocol dialect, UniqueFd socket);
    void process_input() override;
    void end_of_input() override;
    void reading_is_over() override { refuse(); }
    void refuse();

    const Protocol dialect_;
};

}  // namespace treecast::proxy
