#include "client/processes/child_process.hpp"

#include "base/signals.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace treecast::client {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (auto& text : texts)
        list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
    std::vector<std::string> merged = added;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        const auto name = text.substr(0, text.find('=') + 1);
        bool replaced = false;
        for (const auto& entry : added)
            replaced = replaced || (!name.empty() && entry.starts_with(name));
        if (!replaced)
            merged.emplace_back(text);
    }
    return merged;
}

/// Only the child knows the value of this variable, so there is room for the number of any process.
constexpr std::string_view listen_pid_name = "LISTEN_PID=";
constexpr std::size_t pid_digits_max = 20;

/// Puts the descriptors in their places, 3 and so on, where any of them may be already. They are
/// moved out of the way first.
void place(std::vector<int>& descriptors) noexcept {
    constexpr int first = STDERR_FILENO + 1;
    const int beyond = first + static_cast<int>(descriptors.size());
    for (int& descriptor : descriptors)
        descriptor = ::fcntl(descriptor, F_DUPFD_CLOEXEC, beyond);
    int place = first;
    for (const int descriptor : descriptors)
        ::dup2(descriptor, place++);
}

/// Runs in the child between fork and exec. It uses only what is safe after a fork with several
/// threads (signal-safety(7)), so it allocates nothing. `listen_pid`: where to write our pid; null
/// if nobody asks for it.
[[noreturn]] void become(
    const ChildSetup& setup,
    std::vector<int>& descriptors,
    char* const* arguments,
    char* const* environment,
    char* listen_pid,
    pid_t parent
) {
    if (setup.dies_with_us) {
        ::setpgid(0, 0);  // a terminal's ^C is for us; we stop the children in order
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)  // the parent died before the prctl
            ::_exit(127);
    }
    restore_signals();

    const int input = setup.standard_input >= 0 ? setup.standard_input
                                                : ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(input, STDIN_FILENO);
    if (setup.output_to_stderr)
        ::dup2(STDERR_FILENO, STDOUT_FILENO);
    place(descriptors);
    if (listen_pid != nullptr)
        *std::to_chars(listen_pid, listen_pid + pid_digits_max, ::getpid()).ptr = '\0';

    ::execve(setup.executable.c_str(), arguments, environment);
    const char* const reason = ::strerrordesc_np(errno);
    for (const char* const part : {setup.executable.c_str(), ": ", reason, "\n"})
        static_cast<void>(!::write(STDERR_FILENO, part, std::strlen(part)));
    ::_exit(127);
}

}  // namespace

std::optional<int> ExitStatus::code() const {
    if (!WIFEXITED(wait_status_))
        return std::nullopt;
    return WEXITSTATUS(wait_status_);
}

std::string ExitStatus::text() const {
    if (const auto number = code())
        return "exit code " + std::to_string(*number);
    const int number = WTERMSIG(wait_status_);
    const char* const name = ::sigdescr_np(number);
    return "signal " + std::to_string(number) + " (" + (name == nullptr ? "?" : name) + ")";
}

ChildProcess::ChildProcess(const ChildSetup& setup) {
    auto argument_texts = setup.arguments;
    auto added = setup.environment;
    if (setup.sets_listen_pid)
        added.insert(
            added.begin(),
            std::string(listen_pid_name) + std::string(pid_digits_max + 1, '0')
        );
    auto environment_texts = merged_environment(added);
    auto descriptors = setup.descriptors;
    const auto arguments = pointers(argument_texts);
    const auto environment = pointers(environment_texts);
    char* const listen_pid =
        setup.sets_listen_pid ? environment.front() + listen_pid_name.size() : nullptr;
    const pid_t parent = ::getpid();

    pid_ = ::fork();
    if (pid_ < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    if (pid_ == 0)
        become(setup, descriptors, arguments.data(), environment.data(), listen_pid, parent);

    // glibc 2.36 declares pidfd_open(2) for C only.
    fd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));  // closed on exec by itself
    if (!fd_) {
        const int error = errno;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        throw std::system_error(error, std::generic_category(), "pidfd_open");
    }
}

void ChildProcess::signal(int number) const noexcept {
    ::kill(pid_, number);
}

std::optional<ExitStatus> ChildProcess::poll_exit() const {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_)
        return std::nullopt;
    return ExitStatus(status);
}

}  // namespace treecast::client
