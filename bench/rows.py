"""What is measured: benchmarks, each with the rows that it fills.

A benchmark has contestants; `run(contestant)` measures one of them once and gives a list of
samples for each row. bench.py lets them take turns and compares what they gave.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import signal
import statistics
import subprocess
import time
import urllib.request

import placement
from servers import (
    Failure, Floor, FloorOfTwo, FloorSafe, Nats, Nchan, Nginx, NginxCopying, NginxDeferring,
    Treecast, TreecastOfTwoWorkers, processor_seconds,
)
from trees import make_tree, rewrite

SERVERS = {
    "floor": Floor, "floor-of-2": FloorOfTwo, "floor-safe": FloorSafe, "nchan": Nchan,
    "nats": Nats, "nginx": Nginx, "nginx-copy": NginxCopying, "nginx-deferred": NginxDeferring,
    "treecast": Treecast, "treecast-2": TreecastOfTwoWorkers,
}


@contextlib.contextmanager
def serving(contestant, folders, tree=None):
    kind = SERVERS[contestant]
    server = kind(folders, tree)
    with contextlib.ExitStack() as stack:
        with placement.on(placement.for_server(kind.uses_every_processor)):
            stack.enter_context(server)
        yield server


def p50(samples):
    return statistics.median(samples)


def p99(samples):
    return sorted(samples)[int(len(samples) * 0.99)]


@dataclasses.dataclass
class Row:
    key: str
    title: str
    unit: str
    # Treecast's figure divided by the contestant's is to be at most this (or at least, if more
    # is better); that of two workers, where both use every processor. Under "treecast" the figure
    # itself.
    targets: dict = dataclasses.field(default_factory=dict)
    more_is_better: bool = False
    figure: object = p50


class Benchmark:
    name = ""
    title = ""
    contestants = ()
    rows = ()
    # In a round. A shared machine is slow for seconds: the shorter the turns, the more alike is
    # what each contestant finds.
    turns = 1

    def __init__(self, folders):
        self.folders = folders

    def run(self, contestant):
        raise NotImplementedError

    def remark(self, _figures):
        """What the reader of the table must know; `_figures` by row and contestant."""
        return ""


def run_load(folders, server, *options):
    command = [str(folders.load), "--protocol", server.protocol, "--port", str(server.port)]
    command += ["--directory", str(server.tree), *map(str, options)]
    for pid in server.processes():
        command += ["--process", str(pid)]
    with placement.on(placement.for_load()):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{done.stderr.strip()}; the server's log: {server.log()[-2000:]}")
    result = json.loads(done.stdout)
    wrong = {name: result[name] for name in ("missed", "stale", "torn") if result[name]}
    if wrong:
        raise Failure(f"{type(server).__name__} delivered wrongly: {wrong}")
    return result


def milliseconds(samples):
    return [sample / 1000 for sample in samples]


class FanOut(Benchmark):
    contestants = ("floor", "nchan", "nats", "treecast-2", "treecast")
    options = ()

    def load(self, contestant):
        with serving(contestant, self.folders) as server:
            result = run_load(self.folders, server, *self.options)
        # The floor is one only if its answers are as long as Treecast's.
        if contestant.startswith(("floor", "treecast")):
            self.head_bytes.add(result["head_bytes"])
            if len(self.head_bytes) != 1:
                raise Failure(f"floor's and Treecast's heads differ: {self.head_bytes} bytes")
        return result

    def __init__(self, folders):
        super().__init__(folders)
        self.head_bytes = set()

    def run(self, contestant):
        result = self.load(contestant)
        first = milliseconds(result["first_us"])
        last = milliseconds(result["last_us"])
        return {
            "first": first,
            "first_p99": first,
            "first_max": first,
            "p50": last,
            "p99": last,
            "max": last,
            "push": result["push_us"],
            "cycle": result["cycle_us"],
            "own": result["own_us"],
            "memory": [result["memory_bytes_per_subscriber"]],
            "wakeups": [result.get("idle_wakeups_per_s", 0)],
        }


class One(FanOut):
    name = "one"
    title = "file of 1 KiB replaced, to its one subscriber"
    contestants = ("floor", "floor-of-2", "floor-safe", "nchan", "nats", "treecast")
    options = ("--rounds", 150)
    turns = 3
    rows = (
        Row("p50", "edit to subscriber, p50", "ms", {"floor": 1.5}),
        Row("p99", "edit to subscriber, p99", "ms", {"floor": 2}),
        Row("max", "edit to subscriber, max", "ms", figure=max),
    )

    def run(self, contestant):
        """One p99 a turn, so that the median of the turns counts: one second in which the machine
        is busy elsewhere holds more than a hundredth of all samples."""
        samples = super().run(contestant)
        return {**samples, "p99": [p99(samples["p99"])]}


LATENCIES = (
    Row("first", "edit to first subscriber, p50", "ms"),
    Row("first_p99", "edit to first subscriber, p99", "ms", figure=p99),
    Row("first_max", "edit to first subscriber, max", "ms", figure=max),
    Row("p50", "edit to last subscriber, p50", "ms", {"floor": 1.25, "nchan": 1, "nats": 1}),
    Row("p99", "edit to last subscriber, p99", "ms", figure=p99),
    Row("max", "edit to last subscriber, max", "ms", figure=max),
)


class FanOut1000(FanOut):
    name = "fanout-1000"
    title = "file of 1 KiB replaced, to 1,000 subscribers"
    options = ("--rounds", 10, "--connections", 1000)
    turns = 3
    rows = (
        *LATENCIES,
        Row("push", "server's processor time a delivery", "us", {"floor": 1.25, "nchan": 1.5}),
        Row("cycle", "the same and the next request", "us"),
        Row("own", "load generator's own time a delivery", "us"),
    )


class FanOut10000(FanOut):
    name = "fanout-10000"
    title = "file of 1 KiB replaced, to 10,000 subscribers; then 10 s without an edit"
    options = ("--rounds", 10, "--connections", 10000, "--idle", 10)
    rows = (
        *LATENCIES,
        Row("push", "server's processor time a delivery", "us"),
        Row("memory", "memory of a parked subscriber", "bytes", {"treecast": 2048}),
        Row("wakeups", "wake-ups a second, idle", "", {"treecast": 2}),
    )


class Sustained(FanOut):
    name = "sustained"
    title = "one file of 1 KiB, edited again as soon as its subscriber has it"
    contestants = ("floor", "floor-of-2", "floor-safe", "treecast")
    options = ("--rounds", 300, "--closed-loop")
    rows = (
        Row("rate", "edits a second", "/s", more_is_better=True),
        Row("p50", "edit to subscriber, p50", "ms"),
        Row("p99", "edit to subscriber, p99", "ms", figure=p99),
    )

    def run(self, contestant):
        result = self.load(contestant)
        times = milliseconds(result["last_us"])
        return {"rate": [result["rounds_per_s"]], "p50": times, "p99": times}


SATURATED_PERCENT = 85  # of a core: below that something else was the limit
AT_LEAST_NGINX = {"nginx": 1, "nginx-copy": 1}


WARM_UP_GETS = 20


class Get(Benchmark):
    contestants = ("nginx", "nginx-copy", "nginx-deferred", "treecast")
    rows = (
        Row("kept", "GETs a second, connections kept", "/s", AT_LEAST_NGINX, True),
        Row("kept_us", "server's processor time for one", "us"),
        Row("busy", "server's share of a core", "%"),
        Row("kept_own", "wrk's share of a core", "%"),
        Row("new", "GETs a second, a connection for each", "/s", AT_LEAST_NGINX, True),
        Row("new_us", "server's processor time for one", "us"),
        Row("new_busy", "server's share of a core", "%"),
        Row("new_own", "wrk's share of a core", "%"),
    )
    size = 0
    seconds = 1
    # Many, as every new wrk draws how its windows open: by that alone 1 MiB goes at 3,400 or 5,200.
    turns = 8

    def run(self, contestant):
        tree = self.folders.new_tree()
        (tree / "file").write_bytes(os.urandom(self.size))
        path = "/v1/files/file" if contestant == "treecast" else "/file"
        with serving(contestant, self.folders, tree) as server:
            url = f"http://127.0.0.1:{server.port}{path}"
            for _ in range(WARM_UP_GETS):
                with urllib.request.urlopen(url, timeout=10) as answer:
                    answer.read()
            kept = self.wrk(server, url, self.seconds)
            new = self.wrk(server, url, self.seconds, "-H", "Connection: close")
        names = ("kept", "kept_us", "busy", "kept_own", "new", "new_us", "new_busy", "new_own")
        return {name: [value] for name, value in zip(names, kept + new)}

    def remark(self, figures):
        if min([*figures["busy"].values(), *figures["new_busy"].values()]) >= SATURATED_PERCENT:
            return ""
        return (
            "Not every server was at its limit: the processor time for one GET compares them. Where "
            "wrk has all of a core, GETs a second say how dear what a server sends is for wrk."
        )

    def wrk(self, server, url, seconds, *options):
        """GETs a second, the server's processor time for one (us), its and wrk's share of a core
        (%)."""
        before = processor_seconds(server.processes())
        own_before = os.times()
        start = time.monotonic()
        with placement.on(placement.for_load()):
            done = subprocess.run(
                ["wrk", "-t1", "-c64", f"-d{seconds}s", *options, url],
                capture_output=True, text=True, check=True,
            )
        elapsed = time.monotonic() - start
        used = processor_seconds(server.processes()) - before
        own = os.times()
        own_used = own.children_user + own.children_system
        own_used -= own_before.children_user + own_before.children_system
        if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
            raise Failure(f"wrk at {url}: {done.stdout}")
        words = done.stdout.split()
        count = int(words[words.index("requests") - 1])
        rate = float(words[words.index("Requests/sec:") + 1])
        return rate, used * 1e6 / count, used / elapsed * 100, own_used / elapsed * 100


class Get1KiB(Get):
    name = "get-1KiB"
    title = "GET of a resident file of 1 KiB, 64 connections, one worker"
    size = 1024


class Get64KiB(Get):
    name = "get-64KiB"
    title = "GET of a resident file of 64 KiB, 64 connections, one worker"
    size = 64 * 1024


class Get1MiB(Get):
    name = "get-1MiB"
    title = "GET of a resident file of 1 MiB, 64 connections, one worker"
    size = 1024 * 1024


def memory_of(server):
    """Of all processes, with all that its objects have allocated, mapped by somebody or not."""
    private = 0
    for pid in server.processes():
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Pss_Anon:", "Pss_File:")):
                private += int(line.split()[1]) * 1024
    return private + server.objects_bytes()


def run_find(tree):
    start = time.monotonic()
    subprocess.run(
        ["find", tree, "-printf", "%p %s %T@ %m\n"], stdout=subprocess.DEVNULL, check=True
    )
    return time.monotonic() - start


class LargeTree(Benchmark):
    """Of 100,000 files in 2,000 directories."""

    contestants = ("find", "treecast")
    files = 100_000
    directories = 2_000

    def __init__(self, folders):
        super().__init__(folders)
        self.tree = None

    def run(self, contestant):
        if self.tree is None:
            self.tree = self.folders.new_tree()
            make_tree(self.tree, self.files, self.directories)
            run_find(self.tree)
        return self.find() if contestant == "find" else self.treecast()

    def find(self):
        return {"time": [run_find(self.tree) * 1000]}

    def treecast(self):
        raise NotImplementedError


class Start(LargeTree):
    name = "start"
    title = "start on 100,000 files in 2,000 directories, to ready"
    turns = 3
    rows = (
        Row("time", "time, against find -printf '%p %s %T@ %m'", "ms", {"find": 1.5}),
        Row("memory", "memory for a file, daemon and proxy", "bytes"),
    )

    def treecast(self):
        with Treecast(self.folders) as empty:
            memory_empty = memory_of(empty)
        start = time.monotonic()
        with Treecast(self.folders, self.tree) as server:
            elapsed = time.monotonic() - start
            memory = memory_of(server)
        return {"time": [elapsed * 1000], "memory": [(memory - memory_empty) / self.files]}


class Overflow(LargeTree):
    name = "overflow"
    title = "100,000 files read again after inotify's queue overflowed"
    rows = (Row("time", "continued to all published, against find", "ms"),)

    def treecast(self):
        queue = int(pathlib.Path("/proc/sys/fs/inotify/max_queued_events").read_text())
        directories = sorted(self.tree.iterdir())
        touched = sorted(directories[0].iterdir())[:2]
        with Treecast(self.folders, self.tree) as server:
            daemon = server.daemon()
            os.kill(daemon, signal.SIGSTOP)
            try:
                # Equal events in a row are one.
                for _ in range(queue * 5 // 8):
                    for path in touched:
                        os.utime(path)
                lost = directories[-1] / "lost"
                lost.write_bytes(b"an event that found no room")
            finally:
                start = time.monotonic()
                os.kill(daemon, signal.SIGCONT)
            server.sync()
            elapsed = time.monotonic() - start
            if "overflow" not in server.log():
                raise Failure("the queue did not overflow")
            if server.get(f"/v1/files/{directories[-1].name}/lost") != lost.read_bytes():
                raise Failure("a file whose event was lost is not served")
            lost.unlink()
        return {"time": [elapsed * 1000]}


class Audit(LargeTree):
    name = "audit"
    title = "100,000 files at rest, for three --audit-intervals (180 s)"
    contestants = ("treecast",)
    rows = (Row("share", "processor time of all, of a core", "%", {"treecast": 1}),)
    seconds = 180

    def treecast(self):
        with Treecast(self.folders, self.tree) as server:
            before = processor_seconds(server.processes())
            time.sleep(self.seconds)
            used = processor_seconds(server.processes()) - before
        return {"share": [used / self.seconds * 100]}


class Burst(Benchmark):
    name = "burst"
    title = "5,000 resident files of 1 KiB rewritten in a tight loop"
    contestants = ("writer", "treecast")
    rows = (Row("time", "until written (writer), until published", "ms"),)
    files = 5_000

    def run(self, contestant):
        tree = self.folders.new_tree()
        make_tree(tree, self.files, 50)
        paths = sorted(path for path in tree.rglob("*") if path.is_file())
        if contestant == "writer":
            return {"time": [rewrite(paths) * 1000]}
        with Treecast(self.folders, tree) as server:
            for path in paths:
                server.get(f"/v1/files/{path.relative_to(tree)}")
            start = time.monotonic()
            rewrite(paths)
            server.sync()
            elapsed = time.monotonic() - start
            self.check(server, tree, paths)
        return {"time": [elapsed * 1000]}

    def check(self, server, tree, paths):
        listed = json.loads(server.get("/v1/changes"))["changes"]
        hashes = {change["path"]: change["sha256"] for change in listed}
        for path in paths:
            if hashes[str(path.relative_to(tree))] != hashlib.sha256(path.read_bytes()).hexdigest():
                raise Failure(f"{path} was not published")


ALL = (
    One, FanOut1000, FanOut10000, Get1KiB, Get64KiB, Get1MiB, Start, Sustained, Burst, Overflow,
    Audit,
)
