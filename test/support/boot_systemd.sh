# shellcheck shell=bash
# For a test to source: a real systemd, booted in a container made of this machine's own root.
#
# The test is started again as the first process of mount, network and process namespaces of its
# own: whatever ends it, SIGKILL included, ends the container too. The root is the lower layer of
# an overlay whose upper layer is a tmpfs, so that nothing outside is changed.
#
#   make_root        sets $root, into which the test installs what it tests
#   boot             boots it; the container is reached at $inside_address over a network that has
#                    only the two ends
#   inside CMD...    runs CMD in the container, as root
#   await SECONDS CMD...  runs CMD until it succeeds; fails after that time
#
# Ends with 77, which ctest reports as skipped, where such a container is not possible.

skip() {
    echo "skipped: $*"
    exit 77
}

if [ -z "${TREECAST_TEST_NAMESPACES:-}" ]; then
    [ "$(id -u)" -eq 0 ] || skip "not root"
    for program in systemd-nspawn ip curl; do
        command -v "$program" >/dev/null || skip "no $program"
    done
    namespaces=(unshare --mount --net --pid --fork --kill-child=KILL --mount-proc)
    "${namespaces[@]}" true || skip "no namespaces"
    export TREECAST_TEST_NAMESPACES=$$
    exec setpriv --pdeathsig KILL "${namespaces[@]}" -- bash "$0" "$@"
fi

inside_address=192.0.2.2 # of the network that is kept for documentation
machine=treecast-test-$TREECAST_TEST_NAMESPACES
cgroups=()
leader='' # PID 1 of the container, as seen from here
trap remove_container EXIT

await() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

make_root() {
    mkdir -p /run/systemd
    mount -t tmpfs -o mode=755 "$machine" /run/systemd # nspawn keeps its sockets there
    mkdir /run/systemd/test
    mount -t tmpfs -o mode=755 "$machine" /run/systemd/test
    root=/run/systemd/test/root
    mkdir /run/systemd/test/upper /run/systemd/test/work "$root"
    mount -t overlay overlay "$root" \
        -o lowerdir=/,upperdir=/run/systemd/test/upper,workdir=/run/systemd/test/work ||
        skip "no overlay of /"

    # Nothing of this machine's own services is started.
    rm -rf "$root"/etc/systemd/system "$root"/etc/rc[0-6S].d "$root"/var/log/journal
    mkdir "$root/etc/systemd/system"
    ln -s /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
    ln -s /dev/null "$root/etc/systemd/system/console-getty.service"
    : >"$root/etc/machine-id"
    : >"$root/etc/fstab"
}

# A control group of our own in each hierarchy that nspawn uses: it would leave its own behind.
enter_cgroups() {
    local directory type options
    while read -r _ directory type options _; do
        case "$type,$options," in
            cgroup2,* | cgroup,*,name=systemd,*)
                mkdir "$directory/$machine" 2>/dev/null || continue
                cgroups+=("$directory/$machine")
                ;;
        esac
    done </proc/self/mounts
}

inside() {
    nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup --root --wd -- \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

is_up() {
    [ -n "$leader" ] || read -r leader </proc/"$nspawn"/task/"$nspawn"/children || return 1
    [ "$(cat /proc/"$leader"/comm 2>/dev/null)" = systemd ] || { leader='' && return 1; }
    # "degraded" would be a service of the machine's own that cannot start here.
    case $(inside systemctl is-system-running --wait 2>/dev/null) in
        running | degraded) return 0 ;;
        *) return 1 ;;
    esac
}

boot() {
    local console=/run/systemd/test/console
    enter_cgroups
    (
        for group in "${cgroups[@]}"; do echo "$BASHPID" >"$group/cgroup.procs"; done
        # SECCOMP: nspawn's own filter would hide system calls from the services under test.
        exec env SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_SECCOMP=0 \
            systemd-nspawn --quiet --boot --directory="$root" --machine=t --register=no \
            --keep-unit --network-veth --resolv-conf=off --timezone=off --link-journal=no \
            --console=passive
    ) </dev/null >$console 2>&1 &
    nspawn=$!
    await 60 is_up || { cat $console; skip "systemd does not boot in a container here"; }
    ip link set lo up
    ip address add 192.0.2.1/24 dev ve-t
    ip link set ve-t up
    inside ip address add $inside_address/24 dev host0
    inside ip link set host0 up
}

remove_container() {
    [ -z "$leader" ] || kill -KILL "$leader"
    [ -z "${nspawn:-}" ] || { kill -KILL "$nspawn"; wait "$nspawn"; } 2>/dev/null
    for group in "${cgroups[@]}"; do
        await 5 find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
    done
}
