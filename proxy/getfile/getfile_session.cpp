#include "proxy/getfile/getfile_session.hpp"

#include "proxy/getfile/getfile_answer.hpp"
#include "proxy/getfile/getfile_request.hpp"

#include <string>

namespace treecast::proxy {

void GetfileSession::start(SessionShared& shared, Protocol dialect, UniqueFd socket) {
    const boost::intrusive_ptr<GetfileSession> session(
        new GetfileSession(shared, dialect, std::move(socket))
    );
    session->set_deadline(Clock::now() + shared.request_timeout);
    session->begin();
}

GetfileSession::GetfileSession(SessionShared& shared, Protocol dialect, UniqueFd socket)
    : Session(shared, std::move(socket)), dialect_(dialect) {
    connection_ = Connection::close;
    linger_ = true;  // who pads, or never closes, must not lose the end of the body
}

void GetfileSession::process_input() {
    const GetfileRequest request = parse_getfile_request(input_.bytes());
    if (request.state == GetfileRequest::State::incomplete)
        return await_peer();
    if (request.state == GetfileRequest::State::malformed)
        return refuse();
    raise(shared_.counters.requests);
    const std::string path(request.path.substr(1));
    input_.clear();  // what follows the request is padding
    state_ = State::handling;
    shared_.handler.handle_getfile(*this, dialect_, path);
}

/// Some clients end their half as soon as they have asked: they wait for the answer all the same.
void GetfileSession::end_of_input() {
    if (state_ != State::parked)
        refuse();
}

/// Says that this is no request, if the dialect can.
void GetfileSession::refuse() {
    input_.clear();
    state_ = State::handling;
    Response refusal = getfile_refusal(dialect_, GetfileStatus::invalid);
    refusal.head->empty() ? linger() : respond(std::move(refusal));
}

}  // namespace treecast::proxy
