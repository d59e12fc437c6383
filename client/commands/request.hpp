// What the commands that send requests until one fails have in common.
#pragma once

#include "client/http/transfer_engine.hpp"
#include "client/processes/stop_signals.hpp"

#include <treecast/exit_code.hpp>

#include <string>
#include <string_view>

namespace treecast::client {

/// Throws StartupError: "WHAT: REASON", where WHAT is written by one_line().
[[noreturn]] void refuse(ExitCode code, std::string_view what, const std::string& reason);

/// Waits for the answer to the request under way, the only one. A signal that comes first is
/// refused.
Answer await_answer(TransferEngine& http, std::string_view what, StopSignals& stops);

}  // namespace treecast::client
