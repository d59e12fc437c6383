#include "proxy/files/file_codings.hpp"

#include "proxy/source/open_content.hpp"

#include <chrono>

#include <fcntl.h>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

/// After this time a coding that failed for lack of room, or was evicted, is tried again.
constexpr auto retry_pause = 10s;

/// False: there is no descriptor left.
bool copy_plain(const Content& content, PlainContent& plain) {
    plain.size = content.size();
    if (content.on_heap()) {
        plain.bytes = content.bytes();
        return true;
    }
    plain.segment.reset(::fcntl(content.descriptor(), F_DUPFD_CLOEXEC, 0));
    return static_cast<bool>(plain.segment);
}

}  // namespace

CodingDecision FileCodings::choose(
    const Sighting& seen,
    std::string_view path,
    const FileRequest& request,
    Occasion occasion
) {
    Representation& representation =
        cache_.get(*seen.file, *seen.sight.record, seen.sight.epoch, path);
    CodedContents& coded = representation.codings();
    CodingQuestion question{
        .accepted = request.codings,
        .size = representation.record().size,
        .is_pushed = occasion.is_pushed,
        .was_asked = coded.was_asked,
        .may_wait = occasion.may_wait,
        .may_code = representation.varies_by_coding() && !coded.is_useless};
    if (question.may_code) {
        if (question.accepted.has(Coding::gzip))
            question.gzip = state_of(representation, Coding::gzip);
        if (question.accepted.has(Coding::zstd))
            question.zstd = state_of(representation, Coding::zstd);
    }
    CodingDecision decision = decide_coding(question);
    if (decision.action == CodingAction::begin) {
        if (seen.sight.record->resident && begin(representation, decision.coding))
            return {CodingAction::wait, decision.coding};
        question.may_wait = false;
        decision = decide_coding(question);
    }
    if (decision.action == CodingAction::send)
        coded.was_asked = true;
    return decision;
}

CodingState FileCodings::state_of(Representation& representation, Coding coding) {
    CodedContents& coded = representation.codings();
    if (!coded.of(coding).content.expired())
        return CodingState::made;
    const CodingState state =
        codings_.find(representation.file(), representation.version(), coding).state;
    coded.is_useless = coded.is_useless || state == CodingState::useless;
    return state;
}

bool FileCodings::begin(Representation& representation, Coding coding) {
    Clock::time_point& begun = representation.codings().of(coding).begun;
    const auto now = Clock::now();
    if (begun != Clock::time_point() && now - begun < retry_pause)
        return false;
    begun = now;
    PlainContent plain;
    return !cache_.open(representation, attachment_.directory()) &&
           copy_plain(*representation.content(), plain) &&
           codings_.make(
               representation.file(),
               representation.version(),
               coding,
               std::move(plain),
               listener_
           );
}

std::shared_ptr<Content> FileCodings::open(Representation& representation, Coding coding) {
    std::weak_ptr<Content>& kept = representation.codings().of(coding).content;
    if (auto content = kept.lock())
        return content;
    const auto found = codings_.find(representation.file(), representation.version(), coding);
    if (!found.content)
        return nullptr;
    auto content = share_made(found.content, counters_);
    kept = content;
    return content;
}

}  // namespace treecast::proxy
