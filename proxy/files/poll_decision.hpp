// Decides how a request for a file is answered now: the decision table of the held poll. Pure.
//
// The function is called again when the file changes, when its content was loaded, and at the end
// of the wait. It uses no clock and no connection.
#pragma once

#include "base/version.hpp"
#include "ipc/catalog_record.hpp"
#include "proxy/coding.hpp"
#include "proxy/http/caching.hpp"
#include "proxy/http/entity_tag.hpp"

#include <cstdint>
#include <optional>

namespace treecast::proxy {

/// What a look at the catalog found. The order in which the fields are loaded matters; see each
/// field.
struct FileSight {
    std::uint64_t epoch = 0;
    std::uint64_t newest_revision = 0;     // loaded before the entry: a later change is in the log
    std::uint64_t claimed_revision = 0;    // loaded after the request came: an upper limit
    std::uint64_t forgotten_revision = 0;  // loaded after the entry
    bool scan_complete = false;
    std::optional<ipc::Record> record;  // nullopt: no entry
};

/// The part of a request that the decision depends on.
struct PollQuestion {
    std::int64_t now = 0;  // seconds since 1970: no client was ever given a later date
    std::optional<Version> after;
    bool after_is_arrival = false;  // `after` is not the client's, but what was there when a
                                    // request with If-None-Match: * came
    const TagList* tags = nullptr;  // If-None-Match; null: not given
    std::optional<std::int64_t> modified_since;
    const TagList* if_match = nullptr;             // compared strongly; null: not given
    std::optional<std::int64_t> unmodified_since;  // without If-Match
    bool needs_content = true;                     // false for HEAD, which gets by with the hash
    bool may_wait = false;                         // a wait was asked for and is not over
    bool waited = false;                           // the answer ends a wait that is over
    bool was_present = false;  // an earlier look since the request came found the file
    bool awaits_scan = false;  // the client cannot be asked to retry after the first scan, so it
                               // waits for the scan
};

enum class PollAction : std::uint8_t {
    content,              // 200, or 206 and 416 by Range
    not_modified,         // 304: the request's own condition matches what is there
    no_content,           // 204: not newer than `after`, and no condition says that it is known
    precondition_failed,  // 412
    not_acceptable,       // 406: never decided here, see coding_decision.hpp
    absent,               // 404
    directory,            // 404 that says so
    cannot_load,          // 503: present, neither in memory nor readable, by the record's reason
    unavailable,          // 403, 507, 503 by the record's reason
    not_scanned,          // 503: before the first scan it is not known whether it exists
    load,                 // the content, the hash or the first scan is missing: decide again soon
    hold,                 // keep the request until the file changes or the wait ends
};

struct PollDecision {
    PollAction action = PollAction::hold;
    Version version{};  // the value of Treecast-Version
    Caching caching = Caching::revalidate;
    // The hash has to be requested. With `hold` it serves to distinguish a change from a touch.
    // With `load` and `cannot_load` it is all that is missing.
    bool wants_hash = false;
    // The coding of `content`, which coding_decision.cpp decides.
    Coding coding = Coding::identity;

    friend bool operator==(const PollDecision&, const PollDecision&) = default;
};

PollDecision decide(const FileSight& sight, const PollQuestion& question);

}  // namespace treecast::proxy
