// Logging of every program: lines on standard error.
//
// Under systemd (JOURNAL_STREAM names our standard error) a line begins with its priority as
// `<N>`, sd-daemon(3), and carries no time; elsewhere with time, level and program. Log where
// a thing is handled, once, with path and version; never where it is passed on. A message is one
// line whatever the paths in it hold (one_line.hpp). Thread safe.
//
// spdlog does the work, in log.cpp alone: its headers would cost every file seconds to compile.
#pragma once

#include <fmt/core.h>
#include <string_view>

namespace treecast {

/// `level` is one of debug, info, warning, error. Throws StartupError for any other. Before it is
/// called, lines are written as spdlog does it by default.
void start_logging(std::string_view program, std::string_view level);

namespace log {

enum class Level { debug, info, warning, error };

void write(Level level, fmt::string_view format, fmt::format_args arguments);

template <class... T>
void debug(fmt::format_string<T...> format, T&&... arguments) {
    write(Level::debug, format, fmt::make_format_args(arguments...));
}
template <class... T>
void info(fmt::format_string<T...> format, T&&... arguments) {
    write(Level::info, format, fmt::make_format_args(arguments...));
}
template <class... T>
void warn(fmt::format_string<T...> format, T&&... arguments) {
    write(Level::warning, format, fmt::make_format_args(arguments...));
}
template <class... T>
void error(fmt::format_string<T...> format, T&&... arguments) {
    write(Level::error, format, fmt::make_format_args(arguments...));
}

}  // namespace log

}  // namespace treecast
