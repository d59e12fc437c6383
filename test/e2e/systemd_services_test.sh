#!/bin/bash
# The services as an administrator has them: installed with `cmake --install`, run by a real
# systemd, subscribed to over the network from outside the container that it runs in.
# usage: systemd_services_test.sh BUILD_DIRECTORY
# shellcheck disable=SC2154 # root, inside_address: see boot_systemd.sh
set -u
build=$1
# shellcheck source=test/support/boot_systemd.sh
. "$(dirname -- "$0")/../support/boot_systemd.sh"

failures=0
# check SENTENCE CMD...: what must hold now.
check() {
    local sentence=$1
    shift
    if "$@"; then
        echo "ok: $sentence"
    else
        echo "FAILED: $sentence"
        failures=$((failures + 1))
    fi
}

url=http://$inside_address:8420
daemon=treecast-daemon@t.service
proxy=treecast-proxy@t.service

serves() { [ "$(curl -sf --max-time 5 "$url/v1/files/$1")" = "$2" ]; }
epoch() { curl -sf --max-time 5 "$url/v1/status" | grep -o '"epoch": *"[^"]*"'; }
has_subscriber() { curl -sf --max-time 5 "$url/v1/status" | grep -q '"subscribers": *1\b'; }
version_of() {
    curl -sfI --max-time 5 "$url/v1/files/$1" | tr -d '\r' | sed -n 's/^Treecast-Version: //Ip'
}
edit() { inside sh -c "echo '$2' >/srv/tree/$1"; }
pid_of() { inside systemctl show --property MainPID --value "$1"; }
is_active() { inside systemctl --quiet is-active "$1"; }
user_of() { inside stat -c %U:%G "/proc/$(pid_of "$1")"; }

# Whether an edit made now is the answer to a long-poll that is held now.
edit_reaches_a_long_poll() {
    local version answer=/run/systemd/test/answer
    version=$(version_of file)
    [ -n "$version" ] || return 1
    curl -sf --max-time 30 "$url/v1/files/file?after=$version&wait=30" >$answer &
    local poll=$!
    await 10 has_subscriber && [ ! -s $answer ] && edit file "$1" && wait $poll &&
        [ "$(cat $answer)" = "$1" ]
}

objects() { inside find /dev/shm/treecast -mindepth 1; }
queues() { inside find /dev/mqueue -name 'treecast*'; }
nothing_is_left() { [ -z "$(objects)$(queues)" ]; }
something_is_there() { [ -n "$(objects)" ] && [ -n "$(queues)" ]; }

make_root
DESTDIR=$root cmake --install "$build" >/dev/null || exit 1
mkdir -p "$root/srv/tree"
sed -e 's|^root = .*|root = /srv/tree|' -e "s|^listen = .*|listen = $inside_address:8420|" \
    "$root/etc/treecast/example.conf" >"$root/etc/treecast/t.conf"
echo 'allow-anonymous = yes' >>"$root/etc/treecast/t.conf"
echo one >"$root/srv/tree/file"
boot
inside systemd-sysusers
inside systemd-tmpfiles --create treecast.conf
inside systemctl daemon-reload

units_are_clean() {
    [ -z "$(inside systemd-analyze verify treecast@t.target $daemon $proxy treecast-clean@t.service 2>&1)" ]
}
check "systemd has nothing to say against the units" units_are_clean

check "the proxy starts without a daemon" inside systemctl start $proxy
check "it is ready to be asked" await 5 curl -sf -o /dev/null "$url/healthz"
check "the daemon starts after it" inside systemctl start $daemon
check "and what it publishes is served" await 10 serves file one
inside systemctl stop $proxy $daemon
check "the daemon starts without a proxy" inside systemctl start $daemon
check "the proxy starts after it" inside systemctl start $proxy
check "and serves at once" serves file one
inside systemctl stop $proxy $daemon

check "the target starts" inside systemctl start treecast@t.target
check "the daemon runs" is_active $daemon
check "the proxy runs" is_active $proxy
check "the daemon runs as its user" [ "$(user_of $daemon)" = treecast-daemon:treecast ]
check "the proxy runs as another" [ "$(user_of $proxy)" = treecast-proxy:treecast ]
check "an edit reaches a long-poll from outside the container" edit_reaches_a_long_poll two

first_epoch=$(epoch)
check "the instance has an epoch" [ -n "$first_epoch" ]
proxy_pid=$(pid_of $proxy)
check "the daemon restarts" inside systemctl restart $daemon
check "the proxy runs on meanwhile" [ "$(pid_of $proxy)" = "$proxy_pid" ]
check "the epoch is kept" [ "$(epoch)" = "$first_epoch" ]
check "an edit reaches a long-poll after it" edit_reaches_a_long_poll three
daemon_pid=$(pid_of $daemon)
check "the proxy restarts" inside systemctl restart $proxy
check "the daemon runs on meanwhile" [ "$(pid_of $daemon)" = "$daemon_pid" ]
check "the epoch is still the same" [ "$(epoch)" = "$first_epoch" ]
check "an edit reaches a long-poll after that too" edit_reaches_a_long_poll four

inside systemctl kill --signal KILL $daemon
is_another_daemon() { is_active $daemon && [ "$(pid_of $daemon)" != "$daemon_pid" ]; }
check "a daemon that was killed is started again" await 20 is_another_daemon
check "with the epoch kept" [ "$(epoch)" = "$first_epoch" ]
check "and edits arrive" edit_reaches_a_long_poll five
check "the whole target restarts" inside systemctl restart treecast@t.target
check "with the epoch kept, too" [ "$(epoch)" = "$first_epoch" ]
check "nothing has been left out" serves file five

# The same on a socket that systemd listens on, as docs/operations.md has it.
socket=treecast-proxy@t.socket
socket_url=http://$inside_address:8421
inside systemctl stop $proxy
inside sh -c "printf '[Socket]\nListenStream=%s\nFileDescriptorName=listen\nBacklog=4096\n' \
    $inside_address:8421 >/etc/systemd/system/treecast-proxy@.socket"
inside systemctl daemon-reload
check "the socket starts" inside systemctl start $socket
check "and the proxy with its first connection" curl -sf --max-time 20 -o /dev/null "$socket_url/healthz"
logs_ignored() { inside journalctl --unit $proxy | grep -q 'ignored: --listen$'; }
check "the log says that the configured address is ignored" await 5 logs_ignored
lost=/run/systemd/test/lost
enough=/run/systemd/test/enough
visit() {
    until [ -e $enough ]; do
        curl -sf --max-time 20 -o /dev/null "$socket_url/v1/files/file" || echo "$?" >>$lost
    done
}
visit &
visitor=$!
for _ in 1 2 3; do inside systemctl restart $proxy; done
touch $enough
wait $visitor
check "restarts lose no connection" [ ! -s $lost ]
inside systemctl stop $socket $proxy
inside rm /etc/systemd/system/treecast-proxy@.socket
inside systemctl daemon-reload
check "without the socket the proxy listens itself" inside systemctl start $proxy
check "where it is configured to" serves file five

check "the instance has objects and queues" something_is_there
check "the target stops" inside systemctl stop treecast@t.target
# systemctl waits for the target alone; the services stop after it, and the removal after them.
is_inactive() { ! is_active "$1"; }
check "and with it the daemon" await 20 is_inactive $daemon
check "and the proxy" await 20 is_inactive $proxy
check "nothing is left in shared memory or among the queues" await 20 nothing_is_left
check "no unit has failed" [ -z "$(inside systemctl list-units --failed --no-legend 'treecast*')" ]

if [ "$failures" -gt 0 ]; then
    objects
    queues
    inside journalctl --no-pager --output short-precise --unit 'treecast*'
    exit 1
fi
