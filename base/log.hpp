// Logging of every program: lines on standard error.
//
// Under systemd (JOURNAL_STREAM names our standard error) a line begins with its priority as
// `<N>`, sd-daemon(3), and carries no time. Elsewhere it begins with time, level and program. Log
// an event once, where it is handled, with path and version; do not log where it is passed on. A
// message is one line whatever the paths in it hold (one_line.hpp). Thread safe.
//
// Only log.cpp includes spdlog: its headers would add seconds to the compilation of every file.
#pragma once

#include <fmt/core.h>
#include <string_view>

namespace treecast {

class OptionValues;

/// `--log-level` is one of debug, info, warning, error. Throws StartupError for any other. Before
/// this call, spdlog's default logger writes the lines, in its own format and to standard output.
void start_logging(std::string_view program, const OptionValues& values);

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
