// A catalog with a short log, with shorthands for publications of several files and for what the
// feed lists of them.
#pragma once

#include "proxy/feed/feed_page.hpp"
#include "test/support/object_fixture.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::test {

struct FileChange {
    std::string path;
    ipc::FileState state = ipc::FileState::present;
};

/// Stores a file's record in a publication that is under way.
inline void announce(
    ipc::CatalogWriter& writer,
    ipc::CatalogPublication& publication,
    const FileChange& change
) {
    ipc::Record record = present_record(publication.revision());
    record.state = change.state;
    if (change.state == ipc::FileState::unavailable)
        record.reason = ipc::UnavailableReason::unreadable;
    publication.announce(writer.find_or_make(change.path).value(), record);
}

struct FeedCatalogFixture : ObjectFixture {
    static constexpr std::uint32_t log_slots = 16;

    /// One publication; returns its revision.
    std::uint64_t publish(const std::vector<FileChange>& changes) {
        ipc::CatalogPublication publication(writer, 0);
        for (const FileChange& change : changes)
            announce(writer, publication, change);
        return publication.revision();
    }
    /// Publishes until the log reaches none of the changes so far.
    void overrun_log(const std::string& path) {
        for (std::uint32_t i = 0; i < log_slots; ++i)
            publish({{path}});
    }
    /// Makes a directory of a file that was deleted, which stays remembered.
    void make_directory(std::string_view path) {
        BOOST_TEST_REQUIRE(!writer.set_directory(path, true));
    }

    ipc::CatalogWriter writer{directory, {.log_slots = log_slots}};
    ipc::CatalogReader catalog = reader();
};

/// "a1 -b2": path and newest change, `-` before those that are not there, `!` if unavailable.
inline std::string text_of(const std::vector<proxy::ListedFile>& files) {
    std::string text;
    for (const proxy::ListedFile& file : files) {
        const ipc::FileState state = file.record.state;
        if (state == ipc::FileState::unavailable)
            text += '!';
        else if (state != ipc::FileState::present)
            text += '-';
        text += file.path + std::to_string(file.record.change_revision) + ' ';
    }
    return text;
}

/// Files by their paths, as a subscriber keeps them: the revision of the newest change that he was
/// sent.
using HeldFiles = std::map<std::string, std::uint64_t>;

inline void apply(const std::vector<proxy::ListedFile>& files, HeldFiles& held) {
    for (const proxy::ListedFile& file : files)
        if (file.record.state == ipc::FileState::present)
            held[file.path] = file.record.change_revision;
        else
            held.erase(file.path);
}

}  // namespace treecast::test
