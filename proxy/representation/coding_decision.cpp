#include "proxy/representation/coding_decision.hpp"

namespace treecast::proxy {

namespace {

/// Whether it is worth making for this client, and worth its waiting.
bool is_due(const CodingQuestion& question) noexcept {
    return question.size >= coded_at_once_bytes_min || question.accepted.refuses_identity ||
           (question.was_asked && !question.is_pushed);
}

}  // namespace

CodingDecision decide_coding(const CodingQuestion& question) noexcept {
    const AcceptedCodings& accepted = question.accepted;
    const CodingDecision without_coding{
        accepted.refuses_identity ? CodingAction::refuse : CodingAction::send,
        Coding::identity};
    if (!accepted.any() || !question.may_code)
        return without_coding;
    for (const Coding coding : accepted.in_order())
        if (coding != Coding::identity && question.state_of(coding) == CodingState::made)
            return {CodingAction::send, coding};
    if (!question.may_wait || !is_due(question))
        return without_coding;
    for (const Coding coding : accepted.in_order())
        if (coding != Coding::identity && question.state_of(coding) == CodingState::being_made)
            return {CodingAction::wait, coding};
    // What one coding does not make smaller, no other one does.
    if (question.gzip == CodingState::useless || question.zstd == CodingState::useless)
        return without_coding;
    return {CodingAction::begin, accepted.first};
}

}  // namespace treecast::proxy
