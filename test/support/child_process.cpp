#include "test/support/child_process.hpp"

#include "test/support/fail_with_errno.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <grp.h>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace treecast::test {

namespace {

UniqueFd memory_file(const char* name) {
    UniqueFd file(::memfd_create(name, MFD_CLOEXEC));
    if (!file)
        fail_with_errno("memfd_create");
    return file;
}

std::string content_of(int file) {
    std::string content;
    char piece[65536];
    while (true) {
        const ssize_t bytes =
            ::pread(file, piece, sizeof piece, static_cast<off_t>(content.size()));
        if (bytes <= 0)
            return content;
        content.append(piece, static_cast<std::size_t>(bytes));
    }
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (!changes.contains(std::string(text.substr(0, text.find('=')))))
            all.emplace_back(text);
    }
    for (const auto& [name, value] : changes)
        all.push_back(name + '=' + value);
    return all;
}

/// Room for the number of any process, which the child writes.
const std::string listen_pid = "LISTEN_PID=";
constexpr std::size_t pid_digits_max = 20;

std::map<std::string, std::string> variables_of(const ChildOptions& options) {
    auto variables = options.environment;
    if (options.inherited.empty())
        return variables;
    variables["LISTEN_FDS"] = std::to_string(options.inherited.size());
    variables["LISTEN_PID"] = std::string(pid_digits_max + 1, '0');
    if (!options.inherited_names.empty())
        variables["LISTEN_FDNAMES"] = options.inherited_names;
    return variables;
}

/// Makes them descriptors 3 and so on. `program` is moved if it is in the way.
bool place(const std::vector<int>& inherited, int& program) {
    constexpr int first = STDERR_FILENO + 1;
    const int beyond = first + static_cast<int>(inherited.size());
    program = ::fcntl(program, F_DUPFD_CLOEXEC, beyond);
    std::vector<int> copies;
    for (const int descriptor : inherited)
        copies.push_back(::fcntl(descriptor, F_DUPFD_CLOEXEC, beyond));
    int place = first;
    for (const int copy : copies)
        if (::dup2(copy, place++) < 0)
            return false;
    return program >= 0;
}

bool change_user(const ChildOptions& options) {
    if ((options.user || options.group) && ::setgroups(0, nullptr) != 0)
        return false;
    if (options.group && ::setresgid(*options.group, *options.group, *options.group) != 0)
        return false;
    return !options.user || ::setresuid(*options.user, *options.user, *options.user) == 0;
}

/// Runs in the child between fork and exec. Returns only if something fails, with errno set.
void become(
    const ChildOptions& options,
    int program,
    char* const* arguments,
    char* const* environment,
    int output,
    int error,
    pid_t parent
) {
    const UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (::dup2(nothing.get(), STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0 ||
        ::dup2(error, STDERR_FILENO) < 0)
        return;
    if (options.umask)
        ::umask(*options.umask);
    if (!options.directory.empty() && ::chdir(options.directory.c_str()) != 0)
        return;
    if (!place(options.inherited, program))
        return;
    for (char* const* variable = environment; *variable != nullptr; ++variable)
        if (!options.inherited.empty() && std::string_view(*variable).starts_with(listen_pid)) {
            char* const digits = *variable + listen_pid.size();
            *std::to_chars(digits, digits + pid_digits_max, ::getpid()).ptr = '\0';
        }
    if (!change_user(options))
        return;
    // This must be last, because a change of user clears it.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(126);  // the test has ended already
    ::execveat(program, "", arguments, environment, AT_EMPTY_PATH);
}

}  // namespace

ChildOptions as_user(uid_t user) {
    if (user == ::geteuid())
        return {};
    return {.user = user, .group = user};
}

ChildProcess::ChildProcess(
    const std::string& program,
    const std::vector<std::string>& arguments,
    const ChildOptions& options
)
    : output_(memory_file("stdout")), error_(memory_file("stderr")) {
    const UniqueFd file(::open(program.c_str(), O_PATH | O_CLOEXEC));
    if (!file)
        fail_with_errno(program);
    std::vector<std::string> words{program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto variables = environment_with(variables_of(options));
    const auto argument_pointers = pointers_to(words);
    const auto variable_pointers = pointers_to(variables);
    const pid_t parent = ::getpid();

    pid_ = ::fork();
    if (pid_ < 0)
        fail_with_errno("fork");
    if (pid_ == 0) {
        become(
            options,
            file.get(),
            argument_pointers.data(),
            variable_pointers.data(),
            output_.get(),
            error_.get(),
            parent
        );
        ::dprintf(error_.get(), "cannot run %s: %s\n", program.c_str(), std::strerror(errno));
        ::_exit(127);
    }
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      status_(std::exchange(other.status_, std::nullopt)),
      output_(std::move(other.output_)),
      error_(std::move(other.error_)) {}

ChildProcess::~ChildProcess() {
    if (pid_ < 0 || status_)
        return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void ChildProcess::signal(int number) const {
    if (!status_ && ::kill(pid_, number) != 0)
        fail_with_errno("kill");
}

bool ChildProcess::is_running() {
    return !wait(std::chrono::milliseconds(0));
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds deadline) {
    const auto has_ended = [&] {
        if (status_)
            return true;
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) != pid_)
            return false;
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return true;
    };
    return poll_until(has_ended, deadline) ? status_ : std::nullopt;
}

std::optional<int> ChildProcess::terminate(std::chrono::milliseconds deadline) {
    signal(SIGTERM);
    return wait(deadline);
}

std::string ChildProcess::standard_output() const {
    return content_of(output_.get());
}

std::string ChildProcess::standard_error() const {
    return content_of(error_.get());
}

bool ChildProcess::wait_for_output(std::string_view text, std::chrono::milliseconds deadline) {
    const auto is_written = [&] {
        return standard_output().find(text) != std::string::npos ||
               standard_error().find(text) != std::string::npos;
    };
    const bool in_time = poll_until(
        [&] {
            return is_written() || !is_running();
        },
        deadline
    );
    return in_time && is_written();
}

}  // namespace treecast::test
