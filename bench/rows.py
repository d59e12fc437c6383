"""What is measured: pushes and GETs, each with the rows that it fills."""

import os
import subprocess
import time
import urllib.request

import placement
from benchmark import Benchmark, Row, milliseconds, p99, run_load, serving
from large_trees import Audit, Burst, Overflow, Start
from servers import Failure, processor_seconds


class FanOut(Benchmark):
    contestants = ("floor", "nchan", "nats", "treecast-2", "treecast")
    options = ()
    protocol = None  # the server's own

    def load(self, contestant):
        with serving(contestant, self.folders) as server:
            server.protocol = self.protocol or server.protocol
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


class Events1000(FanOut):
    name = "events-1000"
    title = "file of 1 KiB replaced, to 1,000 event streams; then 10 s without an edit"
    contestants = ("floor-events", "treecast")
    options = ("--rounds", 10, "--connections", 1000, "--idle", 10)
    protocol = "events"
    turns = 3
    rows = (
        Row("first", "edit to first stream, p50", "ms"),
        Row("p50", "edit to last stream, p50", "ms", {"floor-events": 1.25}),
        Row("p99", "edit to last stream, p99", "ms", figure=p99),
        Row("push", "server's processor time a delivery", "us", {"floor-events": 1.25}),
        Row("memory", "memory of a parked stream", "bytes"),
    )


class Feeds1000(FanOut):
    """The floor sends as many bytes, head and page together, as the content of a file."""

    name = "feeds-1000"
    title = "resident file of 1 KiB replaced, to 1,000 feeds of one prefix"
    contestants = ("treecast", "floor")
    options = ("--rounds", 10, "--connections", 1000)
    turns = 3
    rows = (
        Row("first", "edit to first feed, p50", "ms"),
        Row("p50", "edit to last feed, p50", "ms", {"floor": 1.25}),
        Row("p99", "edit to last feed, p99", "ms", figure=p99),
        Row("push", "server's processor time a delivery", "us", {"floor": 1.25}),
        Row("own", "load generator's own time a delivery", "us"),
        Row("bytes", "of an answer", "bytes"),
        Row("memory", "memory of a parked feed", "bytes"),
    )

    def __init__(self, folders):
        super().__init__(folders)
        self.answer_bytes = None  # Treecast's
        self.floor_head_bytes = None

    def load(self, contestant):
        with serving(contestant, self.folders) as server:
            if contestant == "treecast":
                (server.tree / "0").write_bytes(b"0" * 1024)
                server.sync()
                server.get("/v1/files/0")  # from now on each version is read
                server.protocol = "feed"
                result = run_load(self.folders, server, *self.options)
                self.answer_bytes = result["head_bytes"]
                return {**result, "bytes": self.answer_bytes}
            if self.floor_head_bytes is None:
                result = run_load(self.folders, server, "--bytes", 100)
                self.floor_head_bytes = result["head_bytes"]
            content = self.answer_bytes - self.floor_head_bytes
            result = run_load(self.folders, server, *self.options, "--bytes", content)
            self.floor_head_bytes = result["head_bytes"]
            return {**result, "bytes": content + self.floor_head_bytes}

    def run(self, contestant):
        result = self.load(contestant)
        last = milliseconds(result["last_us"])
        return {
            "first": milliseconds(result["first_us"]), "p50": last, "p99": last,
            "push": result["push_us"], "own": result["own_us"], "bytes": [result["bytes"]],
            "memory": [result["memory_bytes_per_subscriber"]],
        }


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


ALL = (
    One, FanOut1000, FanOut10000, Feeds1000, Events1000, Get1KiB, Get64KiB, Get1MiB, Start,
    Sustained, Burst, Overflow, Audit,
)
