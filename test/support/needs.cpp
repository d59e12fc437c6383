#include "test/support/needs.hpp"

#include "base/unique_fd.hpp"
#include "test/support/fail_with_errno.hpp"
#include "test/support/other_programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <grp.h>
#include <map>
#include <sched.h>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

namespace treecast::test {

namespace {

constexpr uid_t other_user = 61'001;  // of no account
constexpr const char* any_directory = "/tmp";

void require(bool succeeded, const std::string& call) {
    if (!succeeded)
        fail_with_errno(call);
}

void unshare(int what) {
    require(::unshare(what) == 0, "unshare");
}

/// Makes later mounts invisible to all other processes.
void enter_mount_namespace() {
    unshare(CLONE_NEWNS);
    require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mount");
}

void mount(const std::string& type, const std::string& options = {}) {
    require(
        ::mount("treecast-test", any_directory, type.c_str(), MS_NOSUID, options.c_str()) == 0,
        "mount"
    );
}

void write_setting(const std::string& path, const std::string& value) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    require(file && ::write(file.get(), value.data(), value.size()) == std::ssize(value), path);
}

/// Only the test's own user exists in the namespace, as `inside`.
void enter_user_namespace(uid_t inside) {
    const std::string users = std::to_string(inside) + ' ' + std::to_string(::geteuid()) + " 1";
    const std::string groups = std::to_string(inside) + ' ' + std::to_string(::getegid()) + " 1";
    unshare(CLONE_NEWUSER);
    write_setting("/proc/self/setgroups", "deny");
    write_setting("/proc/self/uid_map", users);
    write_setting("/proc/self/gid_map", groups);
}

/// Ends the process with the script's exit code.
void run_shell(const std::string& script, const std::string& argument = {}) {
    ::execl("/bin/sh", "sh", "-e", "-c", script.c_str(), "sh", argument.c_str(), nullptr);
    fail_with_errno("/bin/sh");
}

std::string last_line(std::string text) {
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

/// Runs the attempt in a child. Returns the last line that it writes if it fails, else an empty
/// text.
std::string try_apart(const std::function<void()>& attempt) {
    std::array<int, 2> ends{};
    require(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe2");
    const UniqueFd input(ends[0]);
    UniqueFd output(ends[1]);
    const pid_t child = ::fork();
    require(child >= 0, "fork");
    if (child == 0) {
        ::dup2(output.get(), STDOUT_FILENO);
        ::dup2(output.get(), STDERR_FILENO);
        try {
            attempt();
            ::_exit(0);
        } catch (const std::exception& error) {
            ::dprintf(output.get(), "%s", error.what());
        }
        ::_exit(1);
    }
    output.reset();
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t size = 0; (size = ::read(input.get(), piece.data(), piece.size())) > 0;)
        text.append(piece.data(), static_cast<std::size_t>(size));
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return {};
    return text.empty() ? "it failed" : last_line(text);
}

}  // namespace

std::string why_not(const Need& need) {
    static std::map<std::string, std::string> known;
    const auto [entry, is_new] = known.try_emplace(need.what);
    if (is_new) {
        const std::string cause = try_apart(need.attempt);
        if (!cause.empty())
            entry->second = "cannot " + need.what + " (" + cause + ')';
    }
    return entry->second;
}

boost::unit_test::precondition needs_all(std::vector<Need> wanted) {
    return boost::unit_test::precondition([wanted = std::move(wanted)](auto /*unit*/) {
        for (const Need& need : wanted) {
            const std::string reason = why_not(need);
            if (reason.empty())
                continue;
            boost::test_tools::assertion_result refused(false);
            refused.message() << reason;
            return refused;
        }
        return boost::test_tools::assertion_result(true);
    });
}

namespace need {

Need mounts(const std::string& type) {
    return {"mount a filesystem of type " + type, [type] {
                enter_mount_namespace();
                mount(type);
            }};
}

Need mounts_as_mapped_root() {
    return {"mount a filesystem in a user namespace", [] {
                enter_user_namespace(0);
                enter_mount_namespace();
                mount("tmpfs");
            }};
}

Need fuse() {
    return {
        "mount a FUSE filesystem",
        [] {
            const UniqueFd device(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
            require(device.get() >= 0, "/dev/fuse");
            enter_mount_namespace();
            mount("fuse", "rootmode=40000,user_id=0,group_id=0,fd=" + std::to_string(device.get()));
        }};
}

Need other_users() {
    return {"act as other users", [] {
                const UniqueFd file(::memfd_create("owned", MFD_CLOEXEC));
                require(::fchown(file.get(), other_user, other_user) == 0, "chown");
                require(::setgroups(0, nullptr) == 0, "setgroups");
                require(::setresgid(other_user, other_user, other_user) == 0, "setresgid");
                require(::setresuid(other_user, other_user, other_user) == 0, "setresuid");
            }};
}

Need files_open_while_mapped() {
    return {"keep a file open by a mapping", [] {
                const TemporaryDirectory directory;
                directory.write("f", "content");
                const UniqueFd events(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
                require(bool(events), "inotify_init1");
                const std::string path = directory / "f";
                require(
                    ::inotify_add_watch(events.get(), path.c_str(), IN_CLOSE_WRITE) >= 0,
                    "inotify_add_watch"
                );
                UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
                require(
                    ::mmap(nullptr, 4, PROT_WRITE, MAP_SHARED, file.get(), 0) != MAP_FAILED,
                    "mmap"
                );
                file.reset();
                std::array<char, 4096> bytes{};
                const bool is_open = ::read(events.get(), bytes.data(), bytes.size()) < 0;
                errno = EBUSY;
                require(is_open, "it was closed");
            }};
}

Need permissions() {
    return {"be refused a file by its permissions", [] {
                char name[] = "/tmp/treecast-test-XXXXXX";
                const UniqueFd file(::mkstemp(name));
                require(file.get() >= 0, name);
                ::fchmod(file.get(), 0);
                const UniqueFd again(::open(name, O_RDONLY | O_CLOEXEC));
                ::unlink(name);
                if (again.get() >= 0)
                    throw std::runtime_error("this user may read everything");
            }};
}

Need user_limits() {
    return {"lower limits in a user namespace", [] {
                enter_user_namespace(::geteuid());
                write_setting("/proc/sys/user/max_inotify_watches", "10");
            }};
}

Need network_namespaces() {
    return {"make a network namespace", [] {
                unshare(CLONE_NEWNET);
            }};
}

Need ipc_namespaces() {
    return {"make an IPC namespace", [] {
                unshare(CLONE_NEWIPC);
            }};
}

Need program(const std::string& name) {
    return {"run " + name, [name] {
                run_shell("command -v \"$1\" >/dev/null || { echo not installed; exit 1; }", name);
            }};
}

Need service(const std::string& name) {
    return {"run the service " + name, [name] {
                path_of_program(name);
            }};
}

Need script(const std::string& what, const std::string& script) {
    return {what, [script] {
                enter_mount_namespace();
                run_shell(script);
            }};
}

Need shared_memory(std::size_t bytes) {
    const std::string mebibytes = std::to_string(bytes >> 20) + " MiB";
    return {"have " + mebibytes + " of /dev/shm", [bytes] {
                struct statvfs status {};
                require(::statvfs("/dev/shm", &status) == 0, "/dev/shm");
                const std::size_t free = status.f_bavail * status.f_frsize;
                if (free < bytes)
                    throw std::runtime_error(std::to_string(free >> 20) + " MiB are free");
            }};
}

Need open_files(std::size_t files) {
    return {"open " + std::to_string(files) + " files", [files] {
                rlimit limit{.rlim_cur = files, .rlim_max = files};
                rlimit own{};
                ::getrlimit(RLIMIT_NOFILE, &own);
                if (own.rlim_max < files)
                    throw std::runtime_error("ulimit -Hn: " + std::to_string(own.rlim_max));
                limit.rlim_max = own.rlim_max;
                require(::setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
            }};
}

Need event_queue_of_at_most(long events) {
    return {"fill a queue of inotify by " + std::to_string(events) + " events", [events] {
                long length = 0;
                const char* const setting = "fs.inotify.max_queued_events";
                std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> length;
                if (length == 0 || length > events)
                    throw std::runtime_error(setting + (": " + std::to_string(length)));
            }};
}

Need no_sanitizer([[maybe_unused]] const std::string& reason) {
    return {"run under a sanitizer", [=] {
#ifdef __SANITIZE_ADDRESS__
                throw std::runtime_error(reason);
#endif
            }};
}

Need no_sanitizer_that_opens_files() {
    return no_sanitizer("UBSan needs descriptors");
}

}  // namespace need

}  // namespace treecast::test
