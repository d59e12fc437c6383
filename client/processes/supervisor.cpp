#include "client/processes/supervisor.hpp"

#include "base/log.hpp"
#include "client/local/instance_removal.hpp"
#include "client/output/output.hpp"
#include "client/processes/decide_restart.hpp"
#include "client/processes/executable.hpp"
#include "ipc/catalog_reader.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace treecast::client {

namespace {

using Clock = std::chrono::steady_clock;

/// The times between SIGTERM and SIGKILL. The proxy answers held polls within 3 s, and gives
/// answers under way 5 s more.
constexpr std::chrono::seconds proxy_stop_limit{12};
constexpr std::chrono::seconds daemon_stop_limit{10};
/// The time between checks of the catalog after the proxy is ready, until the ready line is
/// printed.
constexpr int usable_poll_ms = 5;

/// The setup of a child that inherits the sockets as we did. They stay open here, so that no
/// connection is lost while the child is started again.
ChildSetup pass_on(const std::vector<InheritedDescriptor>& sockets) {
    ChildSetup setup;
    if (sockets.empty())
        return setup;
    std::string names;
    for (const InheritedDescriptor& socket : sockets) {
        setup.descriptors.push_back(socket.fd.get());
        names += (setup.descriptors.size() == 1 ? "" : ":") + socket.name;
    }
    setup.sets_listen_pid = true;
    setup.environment = {"LISTEN_FDS=" + std::to_string(sockets.size()), "LISTEN_FDNAMES=" + names};
    return setup;
}

}  // namespace

Supervisor::Supervisor(ServePlan plan, std::vector<InheritedDescriptor> sockets, StopSignals& stops)
    : plan_(std::move(plan)),
      sockets_(std::move(sockets)),
      stops_(stops),
      daemon_{"treecast-daemon", find_program("treecast-daemon"), daemon_stop_limit},
      proxy_{"treecast-proxy", find_program("treecast-proxy"), proxy_stop_limit} {}

Supervisor::~Supervisor() {
    for (auto* const child : {&proxy_, &daemon_})
        if (child->process)
            child->process->signal(SIGKILL);
}

ExitCode Supervisor::run() {
    start_daemon();
    start_proxy();
    while (!outcome_) {
        wait_for_events();
        if (stops_.take()) {
            outcome_ = ExitCode::ok;
            break;
        }
        // The daemon is checked first: if both refuse, its reason explains that of the proxy.
        if (must_restart(daemon_))
            start_daemon();
        if (!outcome_ && must_restart(proxy_))
            start_proxy();
        read_ready_report();
        if (!outcome_)
            announce_if_usable();
    }
    stop(proxy_);
    stop(daemon_);
    remove_objects();
    return *outcome_;
}

void Supervisor::start_daemon() {
    start(daemon_, plan_.daemon, {});
}

void Supervisor::start_proxy() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    ready_pipe_.reset(ends[0]);
    const UniqueFd write_end(ends[1]);

    // Sockets that are passed on keep their addresses by themselves.
    const bool must_repeat = announced_ && sockets_.empty();
    auto arguments =
        proxy_arguments(plan_, must_repeat ? report_.listeners() : std::vector<std::string>());
    ChildSetup setup = pass_on(sockets_);
    constexpr std::size_t first_descriptor = 3;
    arguments.push_back(
        "--ready-fd=" + std::to_string(first_descriptor + setup.descriptors.size())
    );
    setup.descriptors.push_back(write_end.get());
    if (!announced_)
        report_ = {};
    start(proxy_, arguments, setup);
}

void Supervisor::start(Child& child, const Arguments& arguments, ChildSetup setup) {
    setup.executable = child.executable;
    setup.arguments = arguments;
    setup.arguments.insert(setup.arguments.begin(), child.program);
    setup.output_to_stderr = true;
    setup.dies_with_us = true;
    child.process.emplace(setup);
}

void Supervisor::wait_for_events() {
    std::array<pollfd, 4> events{
        pollfd{stops_.descriptor(), POLLIN, 0},
        pollfd{daemon_.process->descriptor(), POLLIN, 0},
        pollfd{proxy_.process->descriptor(), POLLIN, 0},
        pollfd{ready_pipe_.get(), POLLIN, 0}};  // a negative descriptor is ignored
    const bool soon_usable = report_.ready() && !announced_;
    ::poll(events.data(), events.size(), soon_usable ? usable_poll_ms : -1);
}

void Supervisor::read_ready_report() {
    std::array<char, 1024> buffer{};
    while (ready_pipe_) {
        const auto bytes = ::read(ready_pipe_.get(), buffer.data(), buffer.size());
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes < 0)
            return;
        if (bytes == 0)
            ready_pipe_.reset();
        else if (!announced_)
            report_.append({buffer.data(), static_cast<std::size_t>(bytes)});
    }
}

void Supervisor::announce_if_usable() {
    if (announced_ || !report_.ready() || !daemon_serves())
        return;
    announced_ = true;
    try {
        write_to_stdout(ready_text(plan_.directory, report_.listeners()));
    } catch (const std::system_error& error) {
        log::warn("{}", error.what());  // the line has no reader, but subscribers are still served
    }
}

/// The proxy's readiness is not enough: it would also be ready with the catalog of another daemon,
/// or with that of a killed predecessor before our daemon has adopted or refused it.
bool Supervisor::daemon_serves() const {
    const auto directory = ipc::ObjectDirectory::open(plan_.instance.base, plan_.instance.name);
    if (!directory)
        return false;
    const auto catalog = ipc::CatalogReader::attach(*directory);
    if (!catalog || !catalog->daemon_alive())
        return false;
    const auto header = catalog->header();
    return header.scan_complete && std::cmp_equal(header.daemon_pid, daemon_.process->pid());
}

bool Supervisor::must_restart(Child& child) {
    const auto status = child.process->poll_exit();
    if (!status)
        return false;
    child.process.reset();
    switch (decide_restart(*status, announced_, child.restarts, Clock::now())) {
        case AfterExit::restart:
            log::warn("{} died ({}); starting it again", child.program, status->text());
            return true;
        case AfterExit::refused:  // the child has written the reason to standard error
            outcome_ = static_cast<ExitCode>(*status->code());
            daemon_refused_ = &child == &daemon_;
            return false;
        case AfterExit::give_up:
            log::error(
                "{} died again ({}), after {} restarts within a minute; giving up",
                child.program,
                status->text(),
                RestartLimit::restarts_max
            );
            outcome_ = ExitCode::failed;
            return false;
    }
    return false;
}

void Supervisor::stop(Child& child) {
    if (!child.process)
        return;
    child.process->signal(SIGTERM);
    const auto deadline = Clock::now() + child.stop_limit;
    bool killed = false;
    while (!child.process->poll_exit()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        const bool impatient = stops_.take();  // a second ^C
        if (!killed && (impatient || left.count() <= 0)) {
            if (!impatient)
                log::warn("{} does not stop; killing it", child.program);
            child.process->signal(SIGKILL);
            killed = true;
        }
        std::array<pollfd, 2> events{
            pollfd{child.process->descriptor(), POLLIN, 0},
            pollfd{stops_.descriptor(), POLLIN, 0}};
        ::poll(events.data(), killed ? 1 : 2, killed ? -1 : static_cast<int>(left.count()));
    }
    child.process.reset();
}

void Supervisor::remove_objects() const {
    if (daemon_refused_)
        return;
    try {
        const auto directory = find_directory(plan_.instance);
        if (directory)
            remove_if_dead(plan_.instance.base, *directory);
    } catch (const StartupError& error) {
        log::error("what is left cannot be removed: {}", error.what());
    }
}

}  // namespace treecast::client
