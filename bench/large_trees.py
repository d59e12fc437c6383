"""Benchmarks of a tree of many files: start, overflow, audit, burst."""

import hashlib
import json
import os
import pathlib
import signal
import subprocess
import time

from benchmark import Benchmark, Row
from servers import Failure, Treecast, processor_seconds
from trees import make_tree, rewrite


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
