#include "client/commands/request.hpp"

#include "base/error.hpp"
#include "base/one_line.hpp"

#include <chrono>
#include <utility>

namespace treecast::client {

void refuse(ExitCode code, std::string_view what, const std::string& reason) {
    throw StartupError(code, one_line(what) + ": " + reason);
}

Answer await_answer(TransferEngine& http, std::string_view what, StopSignals& stops) {
    const int stop = stops.descriptor();
    while (true) {
        auto completed = http.wait(std::chrono::hours(1), {&stop, 1});
        if (!completed.empty())
            return std::move(completed.front().answer);
        if (stops.take())
            refuse(ExitCode::failed, what, "interrupted");
    }
}

}  // namespace treecast::client
