// Runs daemon and proxy as children, until a signal or until one of them cannot be kept running.
//
// One thread. Children die with this process (PR_SET_PDEATHSIG), however it ends. A child that
// dies is started again, at most five times a minute; one that refuses its configuration (exit
// code 2 or 3) before the tree can be used ends everything with the same code. At the end the
// proxy stops first, so that the polls it holds are answered, then the daemon, and then the
// instance's objects are removed, unless they belong to another daemon.
#pragma once

#include "base/inherited_descriptors.hpp"
#include "base/unique_fd.hpp"
#include "client/processes/child_process.hpp"
#include "client/processes/ready_report.hpp"
#include "client/processes/restart_limit.hpp"
#include "client/processes/serve_options.hpp"
#include "client/processes/stop_signals.hpp"

#include <treecast/exit_code.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace treecast::client {

class Supervisor {
public:
    /// `sockets`: those that we were started with, which are given to each proxy. Throws
    /// StartupError if a program is not found. `stops` outlives the supervisor.
    Supervisor(ServePlan plan, std::vector<InheritedDescriptor> sockets, StopSignals& stops);
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;
    /// Kills what still runs.
    ~Supervisor();

    ExitCode run();

private:
    struct Child {
        std::string program;  // its file name
        std::string executable;
        std::chrono::seconds stop_limit;  // between SIGTERM and SIGKILL
        std::optional<ChildProcess> process = std::nullopt;
        RestartLimit restarts = {};
    };

    void start_daemon();
    void start_proxy();
    static void start(Child& child, const Arguments& arguments, ChildSetup setup);
    void wait_for_events();
    void read_ready_report();
    /// Prints the one line, and one for each GETFILE listener, once the tree can be used.
    void announce_if_usable();
    bool daemon_serves() const;
    /// Handles the end of a child. Returns true if it has to be started again.
    bool must_restart(Child& child);
    void stop(Child& child);
    void remove_objects() const;

    const ServePlan plan_;
    const std::vector<InheritedDescriptor> sockets_;
    StopSignals& stops_;
    Child daemon_;
    Child proxy_;

    UniqueFd ready_pipe_;
    ReadyReport report_;
    bool announced_ = false;
    bool daemon_refused_ = false;  // then the objects there are not ours
    std::optional<ExitCode> outcome_;
};

}  // namespace treecast::client
