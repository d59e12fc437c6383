#include "client/processes/decide_restart.hpp"

#include <treecast/exit_code.hpp>

namespace treecast::client {

namespace {

bool is_refusal(const ExitStatus& status) {
    return status.code() == static_cast<int>(ExitCode::usage) ||
           status.code() == static_cast<int>(ExitCode::configuration);
}

}  // namespace

AfterExit decide_restart(
    const ExitStatus& status,
    bool was_usable,
    RestartLimit& restarts,
    RestartLimit::TimePoint now
) {
    if (!was_usable && is_refusal(status))
        return AfterExit::refused;
    return restarts.allow(now) ? AfterExit::restart : AfterExit::give_up;
}

}  // namespace treecast::client
