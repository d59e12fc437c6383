// What `treecast watch` knows of the files of a feed: turns answers into changes of content. Pure.
//
// A feed also lists what is no change of content: another mode, a file that becomes stale, and
// after a reset everything. Contents are compared by their hash if it is known. Else a version of
// another epoch is the same content if size and mtime are the same.
//
// A file that cannot be served is no deletion. Its last content stays known, and is compared with
// the next one.
#pragma once

#include "client/following/feed_answer.hpp"
#include "client/following/file_change.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace treecast::client {

struct TreeChange {
    std::string path;
    FileChange change;  // `sha256` is empty if the server does not know it yet
};

/// A file begins or ceases to be one that cannot be served.
struct TreeTrouble {
    std::string path;
    std::string reason;  // empty: it can be served again
};

struct TreeNews {
    std::vector<TreeChange> changes;
    std::vector<TreeTrouble> troubles;
};

class KnownFiles {
public:
    explicit KnownFiles(FirstState first_state) : reports_(first_state == FirstState::report) {}

    /// Applies an answer. Files that a reset did not list are deleted once it is complete.
    TreeNews apply(const FeedAnswer& answer);

private:
    struct File {
        bool has_content = false;
        bool is_unavailable = false;
        std::uint32_t listed = 0;  // the number of the last reset that listed it
        Version version;
        std::uint64_t size = 0;
        std::optional<FileTime> mtime;
        std::optional<Sha256> sha256;
    };

    void apply_change(const FeedChange& change, TreeNews& news);
    void apply_content(File& file, const FeedChange& change, TreeNews& news);
    void remove(std::map<std::string, File>::iterator file, Version version, TreeNews& news);
    static bool has_content_of(const File& file, const FeedChange& change);

    std::map<std::string, File> files_;
    std::uint32_t resets_ = 0;
    bool is_resetting_ = false;  // the pages of a reset are not complete
    bool reports_;               // false: the first state is not complete
};

}  // namespace treecast::client
