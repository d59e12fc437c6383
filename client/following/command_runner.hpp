// Runs the CMD of `treecast watch --exec` for one URL, one at a time, without ever blocking.
//
// The content is a memory file, which becomes the command's standard input. So a command that reads
// slowly or not at all delays nothing else. While a command runs, only the newest of the changes
// that arrive is kept, and it is run next. A command that fails is logged and not repeated.
#pragma once

#include "base/unique_fd.hpp"
#include "client/following/file_change.hpp"
#include "client/http/file_url.hpp"
#include "client/processes/child_process.hpp"

#include <optional>
#include <string>

namespace treecast::client {

class CommandRunner {
public:
    CommandRunner(std::string command, std::string path);

    /// `content` is empty for a deletion; its offset does not matter.
    void submit(FileChange change, UniqueFd content);
    /// Readable once the running command has ended; -1 if none runs.
    int descriptor() const noexcept { return child_ ? child_->descriptor() : -1; }
    /// Handles the end of a command, and starts the next. To be called when `descriptor()` is
    /// readable; harmless at other times.
    void advance();

private:
    struct Job {
        FileChange change;
        UniqueFd content;
    };
    void run(const Job& job);

    std::string command_;
    std::string path_;
    std::optional<ChildProcess> child_;
    std::string running_version_;
    std::optional<Job> pending_;
};

}  // namespace treecast::client
