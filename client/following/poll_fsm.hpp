// Follows one file by held polls: the input is an answer, the output is the next action. Pure.
//
// The first poll requests the present state and is answered at once. Each later poll sends the
// known version (`after`) and the known content (`If-None-Match`), and is held until the file
// changes. A poll that fails is repeated with the same version, so nothing is lost: the next answer
// shows the newest state. States in between may be skipped; the last one never is.
//
// A wait without a change ends as 304 if the tag matches, else as 204 with the version. Versions
// are compared for equality only. A new version with the same content (a new epoch) replaces the
// known version and is not reported as a change.
#pragma once

#include "client/following/file_change.hpp"
#include "client/following/quick_answers.hpp"
#include "client/http/answer.hpp"
#include "client/http/back_off.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace treecast::client {

struct PollRequest {
    std::string query;                 // "" or "?after=..&wait=.."
    std::vector<std::string> headers;  // "Name: value"
    std::chrono::seconds wait{0};      // the longest time that the server may hold it
};

struct PollAction {
    std::optional<FileChange> change;    // to be delivered
    std::chrono::milliseconds pause{0};  // before the next poll
    std::string trouble;                 // the error; empty: none
};

class PollFsm {
public:
    PollFsm(std::chrono::seconds wait, FirstState first_state)
        : wait_(wait), first_state_(first_state) {}

    PollRequest request() const;
    /// Processes the answer to `request()`. `random` is from [0, 1).
    PollAction resume(const Answer& answer, double random);

private:
    enum class Known { nothing, present, absent };

    PollAction on_present(const Answer& answer, double random);
    PollAction on_absent(const Answer& answer, double random);
    PollAction on_not_modified(const Answer& answer, double random);
    PollAction on_no_content(const Answer& answer, double random);
    PollAction no_news(const Answer& answer, bool version_moved, double random);
    PollAction report(FileChange change);
    PollAction retry(const Answer& answer, std::string trouble, double random);

    std::chrono::seconds wait_;
    FirstState first_state_;

    Known known_ = Known::nothing;
    std::string version_;  // empty: the next poll requests the present state
    std::string etag_;
    std::string sha256_;

    BackOff failures_;
    QuickAnswers quick_answers_;
};

}  // namespace treecast::client
