#include "client/stop_signals.hpp"

#include <treecast/error.hpp>

#include <cerrno>
#include <pthread.h>
#include <system_error>

#include <sys/signalfd.h>
#include <unistd.h>

namespace treecast::client {

StopSignals::StopSignals() {
    sigset_t stops{};
    ::sigemptyset(&stops);
    ::sigaddset(&stops, SIGINT);
    ::sigaddset(&stops, SIGTERM);
    struct sigaction on_hangup {};
    ::sigaction(SIGHUP, nullptr, &on_hangup);
    if (on_hangup.sa_handler != SIG_IGN)
        ::sigaddset(&stops, SIGHUP);
    ::pthread_sigmask(SIG_BLOCK, &stops, &original_mask_);
    fd_.reset(::signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_)
        throw std::system_error(errno, std::generic_category(), "signalfd");
}

bool StopSignals::take() {
    signalfd_siginfo signal{};
    return ::read(fd_.get(), &signal, sizeof signal) == sizeof signal;
}

}  // namespace treecast::client
