"""The servers that are measured: Treecast, the floor, and the peers as Debian packages them.

Each is a context manager: it runs, on a free port of 127.0.0.1, within the `with` block. Peers are
configured as their manuals advise for this work; none is throttled.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

NCHAN_MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"


class Failure(Exception):
    """A benchmark that could not be measured; the text says why."""


class Folders:
    """Where the programs are, and temporary directories for everything that is written."""

    def __init__(self, programs, trees):
        self.floor = programs / "bench" / "floor"
        self.load = programs / "bench" / "load"
        self.treecast = programs / "bin" / "treecast"
        # Shared memory has to be a tmpfs, wherever the trees are.
        self.homes = pathlib.Path(tempfile.mkdtemp(prefix="treecast-bench-", dir="/dev/shm"))
        self.trees = pathlib.Path(tempfile.mkdtemp(prefix="treecast-bench-", dir=trees))

    def new_home(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.homes))

    def new_tree(self):
        tree = pathlib.Path(tempfile.mkdtemp(dir=self.trees))
        tree.chmod(0o755)
        return tree

    def remove(self):
        shutil.rmtree(self.trees)
        shutil.rmtree(self.homes)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid):
    """`pid` and all processes below it."""
    found = [pid]
    for parent in found:
        for task in pathlib.Path(f"/proc/{parent}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def processor_seconds(processes):
    total = 0
    for pid in processes:
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def wait_for_answer(port, child):
    """Until somebody says something: a listening socket alone may have no worker behind it yet."""
    for _ in range(1000):
        with socket.socket() as probe:
            probe.settimeout(1)
            try:
                probe.connect(("127.0.0.1", port))
                probe.sendall(b"GET / HTTP/1.0\r\n\r\n")
                if probe.recv(1):
                    return
            except OSError:
                pass
        if child.poll() is not None:
            break
        time.sleep(0.01)
    raise Failure(f"{child.args[0]} does not answer")


class Server:
    protocol = "file"  # how bench/load speaks to it
    uses_every_processor = False

    def __init__(self, folders, tree=None):
        self.folders = folders
        self.home = folders.new_home()
        self.tree = tree if tree is not None else folders.new_tree()
        self.child = None
        self.port = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.child is None:
            return
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            for pid in descendants(self.child.pid):
                os.kill(pid, signal.SIGKILL)
            self.child.wait()
        if self.child.stdout:
            self.child.stdout.close()

    def start(self):
        raise NotImplementedError

    def spawn(self, *command, **options):
        with open(self.home / "log", "ab") as log:
            options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **options}
            try:
                self.child = subprocess.Popen([str(word) for word in command], **options)
            except FileNotFoundError as error:
                raise Failure(f"{command[0]} is not installed") from error

    def first_line(self):
        line = self.child.stdout.readline()
        if not line:
            raise Failure(f"{self.child.args[0]} ended: {self.log()}")
        return line

    def log(self):
        return (self.home / "log").read_text().strip()

    def processes(self):
        return descendants(self.child.pid)


class Treecast(Server):
    instance = "bench"  # what it makes carries --shm-dir in its name too

    def __init__(self, folders, tree=None, options=()):
        super().__init__(folders, tree)
        self.options = options

    def start(self):
        self.spawn(
            self.folders.treecast, "serve", self.tree, "--listen", "127.0.0.1:0",
            "--shm-dir", self.home, "--instance", self.instance, *self.options,
            stdout=subprocess.PIPE, text=True,
        )
        self.port = int(self.first_line().rstrip("/\n").rsplit(":", 1)[1])

    def daemon(self):
        for pid in self.processes():
            if pathlib.Path(f"/proc/{pid}/exe").resolve().name == "treecast-daemon":
                return pid
        raise Failure("there is no treecast-daemon")

    def sync(self):
        """Returns once everything that was written before is published."""
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(300)
            control.connect(str(self.home / self.instance / "control"))
            control.sendall(b"sync\n")
            answer = control.recv(4096)
        if not answer or answer.startswith(b"error"):
            raise Failure(f"treecast-daemon answered {answer!r} to sync")

    def get(self, target):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{target}") as answer:
            return answer.read()

    def objects_bytes(self):
        """What its objects in shared memory have allocated, removed ones that are in use too."""
        named = (entry.stat() for entry in (self.home / self.instance).iterdir())
        objects = {status.st_ino: status for status in named}
        device = self.home.stat().st_dev
        for pid in self.processes():
            for folder in ("fd", "map_files"):
                for entry in pathlib.Path(f"/proc/{pid}/{folder}").iterdir():
                    try:
                        status = entry.stat()
                    except OSError:
                        continue  # closed meanwhile
                    if status.st_dev == device and status.st_nlink == 0:
                        objects[status.st_ino] = status
        return sum(status.st_blocks * 512 for status in objects.values())


class TreecastOfTwoWorkers(Treecast):
    """As wide as NATS."""

    uses_every_processor = True

    def __init__(self, folders, tree=None):
        super().__init__(folders, tree, ("--workers", "2"))


class Floor(Server):
    options = ()

    def start(self):
        (self.tree / "0").write_bytes(b"nothing yet")
        self.spawn(
            self.folders.floor, self.tree / "0", *self.options, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self.first_line())


class FloorOfTwo(Floor):
    """One process that watches and reads, and one that sends: the least for Treecast's division."""

    options = ("--two-processes",)


class FloorOfEvents(Floor):
    """Pushes an event to each open stream."""

    options = ("--events",)


class FloorSafe(Floor):
    """The same, with copies that are known to be whole: the least for Treecast's promises."""

    def start(self):
        self.options = ("--safe-copies", self.folders.new_home())
        super().start()


class Nginx(Server):
    """One worker with sendfile, and the descriptors of what it serves kept open."""

    sendfile = "on"
    deferred = ""
    locations = ""
    module = ""

    def start(self):
        self.port = free_port()
        (self.home / "nginx.conf").write_text(f"""
{self.module}
daemon off;
{"user root;" if os.geteuid() == 0 else ""}
worker_processes 1;
worker_rlimit_nofile 20000;
pid {self.home}/pid;
error_log stderr error;
events {{ worker_connections 19900; multi_accept on; }}
http {{
    access_log off;
    sendfile {self.sendfile};
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_timeout 1h;
    keepalive_requests 1000000000;
    open_file_cache max=1000 inactive=1h;
    client_body_temp_path {self.home}/body;
    proxy_temp_path {self.home}/proxy;
    fastcgi_temp_path {self.home}/fastcgi;
    uwsgi_temp_path {self.home}/uwsgi;
    scgi_temp_path {self.home}/scgi;
    {self.http}
    server {{
        listen 127.0.0.1:{self.port} backlog=4096 {self.deferred};
        {self.locations}
    }}
}}
""")
        self.spawn("/usr/sbin/nginx", "-p", self.home, "-e", "stderr", "-c", self.home / "nginx.conf")
        wait_for_answer(self.port, self.child)

    @property
    def http(self):
        return f"root {self.tree};"


class NginxCopying(Nginx):
    """The same without sendfile, which is the faster nginx for small files."""

    sendfile = "off"


class NginxDeferring(Nginx):
    """Accepts a connection only once its request is there, as Treecast does; not nginx's default."""

    deferred = "deferred"


class Nchan(Nginx):
    """nginx with nchan, whose publisher is told directly: it watches no file."""

    protocol = "nchan"
    module = f"load_module {NCHAN_MODULE};"
    http = "nchan_shared_memory_size 256M;"
    locations = """
        location ~ ^/sub/(\\d+)$ { nchan_subscriber longpoll; nchan_channel_id $1; }
        location ~ ^/pub/(\\d+)$ {
            nchan_publisher;
            nchan_channel_id $1;
            nchan_message_buffer_length 1;
            client_body_buffer_size 1m;
        }
    """

    def start(self):
        if not os.path.exists(NCHAN_MODULE):
            raise Failure("libnginx-mod-nchan is not installed")
        super().start()


class Nats(Server):
    """Core NATS, a connection for each subscriber; told directly too."""

    protocol = "nats"
    uses_every_processor = True

    def start(self):
        self.port = free_port()
        config = self.home / "nats.conf"
        config.write_text(
            f'listen: "127.0.0.1:{self.port}"\nmax_connections: 30000\nping_interval: "1h"\n'
        )
        self.spawn("/usr/sbin/nats-server", "-c", config)
        wait_for_answer(self.port, self.child)
