// in_container COMMAND...: runs COMMAND as `docker run` does, without docker. For tests and manual
// use.
//
// As root: in namespaces of its own, with docker's default capabilities (no CAP_SYS_ADMIN, no
// CAP_LEASE, no CAP_NET_ADMIN), the calls refused that its seccomp profile refuses then, /dev/shm
// of 64 MiB, /sys and /proc/sys read-only, an overlay as root directory, loopback alone as network,
// and COMMAND as process 1. The working directory is this machine's, as by `-v`; whatever else is
// written goes to a tmpfs and ends with COMMAND. Its exit code is COMMAND's; 126 where such a
// container cannot be made.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <net/if.h>
#include <sched.h>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

constexpr int exit_no_container = 126;
constexpr const char* scratch = "/run/treecast-container";  // on a tmpfs of the namespace's own

void require(bool succeeded, const std::string& what) {
    if (succeeded)
        return;
    std::fprintf(stderr, "in_container: %s: %s\n", what.c_str(), std::strerror(errno));
    std::_Exit(exit_no_container);
}

void mount(
    const char* source,
    const std::string& target,
    const char* type,
    unsigned long flags,
    const char* options = nullptr
) {
    require(::mount(source, target.c_str(), type, flags, options) == 0, "mount " + target);
}

void make_read_only(const std::string& directory) {
    mount(directory.c_str(), directory, nullptr, MS_BIND);
    mount(nullptr, directory, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY);
}

/// Mounts the machine's root with a tmpfs over it; the working directory in it is the machine's
/// own.
void enter_root() {
    const std::string base = scratch;
    const std::string work = fs::current_path();
    mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
    mount("tmpfs", "/run", "tmpfs", 0, "mode=755");
    for (const char* const name : {"", "/upper", "/work", "/root"})
        require(::mkdir((base + name).c_str(), 0755) == 0, base + name);
    const std::string layers = "lowerdir=/,upperdir=" + base + "/upper,workdir=" + base + "/work";
    mount("overlay", base + "/root", "overlay", 0, layers.c_str());
    mount(work.c_str(), base + "/root" + work, nullptr, MS_BIND | MS_REC);
    mount("/dev", base + "/root/dev", nullptr, MS_BIND | MS_REC);
    require(::chroot((base + "/root").c_str()) == 0, "chroot");
    require(::chdir(work.c_str()) == 0, work);
}

void mount_kernel_filesystems() {
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC);
    make_read_only("/proc/sys");
    mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY);
    mount("shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=65536k");
    if (::access("/dev/fuse", F_OK) == 0)
        mount("/dev/null", "/dev/fuse", nullptr, MS_BIND);
}

void bring_loopback_up() {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    require(::ioctl(socket, SIOCSIFFLAGS, &request) == 0, "lo");
    ::close(socket);
}

/// Calls that docker's profile allows with CAP_SYS_ADMIN only.
void refuse_calls() {
    std::vector<sock_filter> filter{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
    };
    const auto refuse = [&](long call, unsigned error) {
        filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
        filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error));
    };
    for (const long call : {SYS_mount,
                            SYS_umount2,
                            SYS_unshare,
                            SYS_setns,
                            SYS_pivot_root,
                            SYS_fsopen,
                            SYS_fsmount,
                            SYS_open_tree,
                            SYS_move_mount,
                            SYS_bpf,
                            SYS_perf_event_open,
                            SYS_fanotify_init,
                            SYS_open_by_handle_at,
                            SYS_userfaultfd,
                            SYS_quotactl,
                            SYS_keyctl,
                            SYS_add_key,
                            SYS_request_key,
                            SYS_sethostname,
                            SYS_syslog})
        refuse(call, EPERM);
    refuse(SYS_clone3, ENOSYS);  // its flags are in memory, where seccomp cannot check them; the C
                                 // library falls back to clone
    constexpr unsigned namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                    CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3));
    filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])));
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, namespaces, 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{
        .len = static_cast<unsigned short>(filter.size()),
        .filter = filter.data()};
    require(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "seccomp");
}

void drop_capabilities() {
    unsigned kept = 0;
    for (const int capability :
         {CAP_CHOWN,
          CAP_DAC_OVERRIDE,
          CAP_FOWNER,
          CAP_FSETID,
          CAP_KILL,
          CAP_SETGID,
          CAP_SETUID,
          CAP_SETPCAP,
          CAP_NET_BIND_SERVICE,
          CAP_NET_RAW,
          CAP_SYS_CHROOT,
          CAP_MKNOD,
          CAP_AUDIT_WRITE,
          CAP_SETFCAP})
        kept |= 1U << capability;
    for (int capability = 0; capability <= CAP_LAST_CAP; ++capability)
        if (capability >= 32 || (kept & (1U << capability)) == 0)
            ::prctl(PR_CAPBSET_DROP, capability);
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const std::array<__user_cap_data_struct, 2> sets{
        {{.effective = kept, .permitted = kept, .inheritable = 0}, {}}};
    require(::syscall(SYS_capset, &header, sets.data()) == 0, "capset");
}

}  // namespace

int main(int argc, char* argv[]) {
    if (argc < 2) {
        std::fputs("usage: in_container COMMAND...\n", stderr);
        return 2;
    }
    const int apart = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS;
    require(::unshare(apart) == 0, "unshare");
    const pid_t child = ::fork();
    require(child >= 0, "fork");
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        enter_root();
        mount_kernel_filesystems();
        bring_loopback_up();
        refuse_calls();
        drop_capabilities();
        ::execvp(argv[1], argv + 1);
        require(false, argv[1]);
    }
    std::signal(SIGINT, SIG_IGN);  // COMMAND handles it
    int status = 0;
    require(::waitpid(child, &status, 0) == child, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
