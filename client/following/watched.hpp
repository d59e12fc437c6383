// One URL of `treecast watch`: what the command's loop needs of it.
#pragma once

#include "client/http/transfer_engine.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace treecast::client {

enum class LineForm { human, json };

class Watched {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// How many requests may be under way at once: their keys follow the first one.
    static constexpr std::size_t requests_max = 2;

    Watched() = default;
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    virtual ~Watched() = default;

    /// Starts the requests that are due.
    virtual void poll(TransferEngine& http, std::size_t first_key, TimePoint now) = 0;
    /// When `poll` has to be called; nullopt while only answers and commands are awaited.
    virtual std::optional<TimePoint> due() const = 0;
    /// Processes an answer: prints the changes and runs the command. `request`: its key, less the
    /// first one. Throws std::system_error if it cannot print.
    virtual void
    complete(std::size_t request, const Answer& answer, double random, TimePoint now) = 0;
    /// Readable once the running command has ended; -1 if none runs.
    virtual int command_descriptor() const noexcept = 0;
    /// Handles the end of a command; harmless at other times.
    virtual void advance_commands() = 0;
};

}  // namespace treecast::client
