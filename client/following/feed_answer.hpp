// Decodes an answer of the change feed (`/v1/changes`). Pure.
//
// Everything is checked, since it comes from the network: an answer that is returned holds valid
// paths, versions, sizes, times, modes and hashes. Members that are not known are ignored.
#pragma once

#include "base/file_time.hpp"
#include "base/sha256.hpp"
#include "base/version.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::client {

/// The newest state of one file.
struct FeedChange {
    enum class State { present, unavailable, deleted };

    std::string path;
    Version version;
    State state = State::present;
    /// Why its present content cannot be read. For a present file: it is stale, and the members
    /// below describe the content before. Foreign text.
    std::string reason;

    // Of a present file:
    std::uint64_t size = 0;
    std::optional<FileTime> mtime;  // nullopt: not in the years 0 to 9999
    std::uint16_t mode = 0;
    std::optional<Sha256> sha256;  // nullopt: nobody has asked for the content yet

    std::string json;  // the object as it came, on one line; empty unless it was asked for
};

struct FeedAnswer {
    std::string instance;  // foreign text
    std::string cursor;    // of characters that need no encoding in a URL
    bool reset = false;
    bool same = false;
    bool more = false;
    std::vector<FeedChange> changes;
};

/// Why a text is no answer of the feed, in one line.
struct FeedFlaw {
    std::string reason;
};
[[noreturn]] void
throw_exception_from_error(const FeedFlaw& flaw, const boost::source_location& location);

/// Whether the objects that describe the files are kept as JSON too.
enum class FeedJson { drop, keep };

[[nodiscard]] boost::system::result<FeedAnswer, FeedFlaw>
parse_feed_answer(std::string_view text, FeedJson form = FeedJson::drop);

/// The version in a cursor: `EPOCH.REVISION` without the place of a page.
Version version_of_cursor(std::string_view cursor);

}  // namespace treecast::client
