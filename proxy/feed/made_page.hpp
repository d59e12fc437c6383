// One page of the feed as text, which all who ask for the same share. One thread.
#pragma once

#include "proxy/feed/feed_cursor.hpp"
#include "proxy/feed/feed_page.hpp"
#include "proxy/net/content.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace treecast::proxy {

/// How a page words its files.
enum class PageForm : std::uint8_t {
    json,             // the members of `changes`, without the brackets
    events,           // the last one with an id, if what they lead to is a state
    events_of_state,  // of a snapshot, and what completes it: without an id
    files,            // not at all: it holds the list
};

/// What a page is of, beside its interest.
struct PageKey {
    enum class Kind : std::uint8_t {
        changes,
        snapshot,
        state,  // not a list: `changes` holds the 32 bytes of the state's digest
    };
    Kind kind = Kind::changes;
    std::uint64_t after = 0;  // of changes: the revision
    SnapshotPlace from{};     // of a snapshot
    std::size_t limit = 0;
    PageForm form = PageForm::json;

    friend bool operator==(const PageKey&, const PageKey&) = default;
};

/// It stays right until a file of the interest changes.
struct MadePage {
    PageKey key;
    std::shared_ptr<const std::string> changes;  // as the form says
    std::shared_ptr<const ListedFiles> files{};  // for the form that holds the list
    /// If it is long, all who are sent it hold this. So it is counted where slow clients hold it
    /// longer than it is kept here. Its bytes are the text.
    std::shared_ptr<Content> content{};
    std::uint64_t revision = 0;  // of changes and of a snapshot's first page: the cursor's
    std::optional<SnapshotPlace> place{};  // where a snapshot goes on; empty: it is complete
    std::uint64_t seen = 0;                // of a snapshot: the newest change of what was seen
    bool is_cut = false;                   // of changes: there are more than the limit

    /// How many bytes the text or the list takes.
    std::size_t size() const noexcept {
        if (content)
            return content->size();
        std::size_t bytes = changes->size();
        if (files)
            for (const ListedFile& listed : *files)
                bytes += sizeof(ListedFile) + listed.path.capacity();
        return bytes;
    }
    bool is_empty() const noexcept { return files ? files->empty() : changes->empty(); }
    /// Whether its text holds its revision.
    bool has_id() const noexcept { return key.form == PageForm::events && !is_cut && !is_empty(); }
};

}  // namespace treecast::proxy
