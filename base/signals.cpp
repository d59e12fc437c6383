#include "base/signals.hpp"

#include <array>
#include <csignal>

namespace treecast {

namespace {

/// Without SIGPIPE and SIGXFSZ the write returns an error. SIGTTOU would stop a background process
/// that logs to its terminal (stty tostop). SIGUSR1 and SIGUSR2 have no meaning here.
constexpr std::array ignored{SIGPIPE, SIGXFSZ, SIGTTOU, SIGUSR1, SIGUSR2};

/// SIGALRM is a stop signal because alarm(2) survives exec: the caller set a time limit.
constexpr std::array always_stop{SIGINT, SIGTERM, SIGQUIT, SIGALRM};

void set_disposition(int signal, void (*handler)(int)) noexcept {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) noexcept {
    struct sigaction action {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void unblock_all() noexcept {
    sigset_t none{};
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);  // NOLINT(concurrency-mt-unsafe): one thread
}

}  // namespace

void set_up_signals() {
    for (const int signal : ignored)
        set_disposition(signal, SIG_IGN);
    for (const int signal : always_stop)
        set_disposition(signal, SIG_DFL);
    // If it were ignored, the kernel would reap children before we could read their status.
    set_disposition(SIGCHLD, SIG_DFL);
    unblock_all();
}

std::vector<int> stop_signals() {
    std::vector<int> signals(always_stop.begin(), always_stop.end());
    if (!is_ignored(SIGHUP))
        signals.push_back(SIGHUP);
    return signals;
}

void restore_signals() noexcept {
    for (int signal = 1; signal < NSIG; ++signal)
        if (signal != SIGHUP || !is_ignored(SIGHUP))
            set_disposition(signal, SIG_DFL);
    unblock_all();
}

}  // namespace treecast
