#include "client/processes/stop_signals.hpp"

#include "base/signals.hpp"

#include <cerrno>
#include <csignal>
#include <pthread.h>
#include <system_error>

#include <sys/signalfd.h>
#include <unistd.h>

namespace treecast::client {

StopSignals::StopSignals() {
    sigset_t stops{};
    ::sigemptyset(&stops);
    for (const int signal : stop_signals())
        ::sigaddset(&stops, signal);
    ::pthread_sigmask(SIG_BLOCK, &stops, nullptr);
    fd_.reset(::signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_)
        throw std::system_error(errno, std::generic_category(), "signalfd");
}

bool StopSignals::take() {
    signalfd_siginfo signal{};
    return ::read(fd_.get(), &signal, sizeof signal) == sizeof signal;
}

}  // namespace treecast::client
