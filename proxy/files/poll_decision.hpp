// What to answer to a request for a file, now: the table of the held poll. Pure.
//
// The function is asked again whenever the file changes, when its content has been loaded, and at
// the end of the wait. It knows no clock and no connection.
#pragma once

#include "base/version.hpp"
#include "ipc/catalog_record.hpp"
#include "proxy/http/caching.hpp"
#include "proxy/http/entity_tag.hpp"

#include <cstdint>
#include <optional>

namespace treecast::proxy {

/// What the catalog said. The order of the loads matters, see each.
struct FileSight {
    std::uint64_t epoch = 0;
    std::uint64_t newest_revision = 0;     // loaded before the entry: what it lacks comes later
    std::uint64_t claimed_revision = 0;    // loaded after the request came; above it is the future
    std::uint64_t forgotten_revision = 0;  // loaded after the entry
    bool scan_complete = false;
    std::optional<ipc::Record> record;  // nullopt: there is no entry
};

/// What the request says that a decision needs.
struct PollQuestion {
    std::int64_t now = 0;  // seconds since 1970: dates after it were never given to anybody
    std::optional<Version> after;
    bool after_is_arrival = false;  // not the client's: what was there when it asked for
                                    // anything else (If-None-Match: *)
    const TagList* tags = nullptr;  // If-None-Match; null: not given
    std::optional<std::int64_t> modified_since;
    const TagList* if_match = nullptr;             // compared strongly; null: not given
    std::optional<std::int64_t> unmodified_since;  // without If-Match
    bool needs_content = true;                     // false for HEAD, which gets by with the hash
    bool may_wait = false;                         // a wait was asked for and is not over
    bool waited = false;                           // the answer ends a wait that is over
    bool was_present = false;                      // an earlier look, since it came, saw the file
    bool awaits_scan = false;  // has no way to be told to come back when the first scan is through
};

enum class PollAction : std::uint8_t {
    content,              // 200, or 206 and 416 by Range
    not_modified,         // 304: the request's own condition matches what is there
    no_content,           // 204: not newer than `after`, and no condition says that it is known
    precondition_failed,  // 412
    absent,               // 404
    directory,            // 404 that says so
    cannot_load,          // 503: present, neither in memory nor readable, by the record's reason
    unavailable,          // 403, 507, 503 by the record's reason
    not_scanned,          // 503: nobody can say yet whether it exists
    load,                 // content, hash or the first scan are needed: ask again soon
    hold,                 // park
};

struct PollDecision {
    PollAction action = PollAction::hold;
    Version version{};  // what Treecast-Version says
    Caching caching = Caching::revalidate;
    // The hash is to be made known: with `hold`, so that a change can be told from a touch; with
    // `load` and `cannot_load`, it is all that is missing.
    bool wants_hash = false;

    friend bool operator==(const PollDecision&, const PollDecision&) = default;
};

PollDecision decide(const FileSight& sight, const PollQuestion& question);

}  // namespace treecast::proxy
