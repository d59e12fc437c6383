#include "base/log.hpp"

#include "base/one_line.hpp"
#include "base/program_options.hpp"

#include <cstdlib>
#include <memory>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace treecast {

namespace {

/// The syslog priority of a line as `<N>`, which journald strips and records.
class JournalPriority final : public spdlog::custom_flag_formatter {
public:
    void format(
        const spdlog::details::log_msg& message,
        const std::tm& /*time*/,
        spdlog::memory_buf_t& line
    ) override {
        std::string_view priority = "<6>";
        if (message.level == spdlog::level::debug)
            priority = "<7>";
        else if (message.level == spdlog::level::warn)
            priority = "<4>";
        else if (message.level >= spdlog::level::err)
            priority = "<3>";
        line.append(priority.data(), priority.data() + priority.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<JournalPriority>();
    }
};

/// Children inherit JOURNAL_STREAM, so it only counts if it names our own standard error.
bool stderr_is_journal() {
    const char* const stream =
        std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe): before any thread
    struct stat status {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0)
        return false;
    return std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino) == stream;
}

spdlog::level::level_enum level_of(log::Level level) {
    switch (level) {
        case log::Level::debug:
            return spdlog::level::debug;
        case log::Level::info:
            return spdlog::level::info;
        case log::Level::warning:
            return spdlog::level::warn;
        case log::Level::error:
            break;
    }
    return spdlog::level::err;
}

}  // namespace

void start_logging(std::string_view program, const OptionValues& values) {
    const std::string level = values.text("log-level");
    log::Level threshold = log::Level::info;
    if (level == "debug")
        threshold = log::Level::debug;
    else if (level == "warning")
        threshold = log::Level::warning;
    else if (level == "error")
        threshold = log::Level::error;
    else if (level != "info")
        throw values.refusal("log-level", "none of debug, info, warning, error");

    auto logger = std::make_shared<spdlog::logger>(
        std::string(program),
        std::make_shared<spdlog::sinks::stderr_sink_mt>()
    );
    if (stderr_is_journal()) {
        auto formatter = std::make_unique<spdlog::pattern_formatter>();
        formatter->add_flag<JournalPriority>('*').set_pattern("%*%v");
        logger->set_formatter(std::move(formatter));
    } else {
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %n: %v");
    }
    logger->set_level(level_of(threshold));
    logger->flush_on(spdlog::level::debug);
    spdlog::set_default_logger(std::move(logger));
}

void log::write(Level level, fmt::string_view format, fmt::format_args arguments) {
    spdlog::logger* const logger = spdlog::default_logger_raw();
    if (logger->should_log(level_of(level)))
        logger->log(level_of(level), one_line(fmt::vformat(format, arguments)));
}

}  // namespace treecast
