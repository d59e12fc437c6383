#include "base/signals.hpp"

#include <array>
#include <csignal>

namespace treecast {

namespace {

/// SIGPIPE and SIGXFSZ are errors of a write instead, SIGTTOU would stop who logs to a terminal
/// that he is in the background of (stty tostop), SIGUSR1 and SIGUSR2 mean nothing here.
constexpr std::array ignored{SIGPIPE, SIGXFSZ, SIGTTOU, SIGUSR1, SIGUSR2};

/// SIGALRM ends in order because alarm(2) outlives exec: it is somebody's time limit.
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
    // Ignored, it would reap children before anybody has asked how they ended.
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
