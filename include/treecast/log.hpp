// Logging of every program: lines on standard error, by spdlog.
//
// Under systemd (JOURNAL_STREAM names our standard error) a line begins with its priority as
// `<N>`, sd-daemon(3), and carries no time; elsewhere with time, level and program. Log where
// a thing is handled, once, with path and version; never where it is passed on.
#pragma once

#include <spdlog/spdlog.h>
#include <string_view>

namespace treecast {

namespace log = spdlog;

/// `level` is one of debug, info, warning, error. Throws StartupError for any other.
void start_logging(std::string_view program, std::string_view level);

}  // namespace treecast
