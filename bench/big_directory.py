"""A large directory comes and goes, and an edit elsewhere must not wait for it."""

import json
import threading
import time

from benchmark import Benchmark, Row
from clients import Poller, connect, replace, request_of, tree_of, wait_for
from servers import Treecast


class BigDirectory(Benchmark):
    name = "big-directory"
    title = "a file replaced every 20 ms while a directory of 200,000 others comes, is renamed and goes"
    contestants = ("treecast",)
    rows = (
        Row("in", "edit to push while it is moved in, worst", "ms", {"treecast": 50}),
        Row("renamed", "edit to push while it is renamed, worst", "ms", {"treecast": 50}),
        Row("out", "edit to push while it is moved out, worst", "ms", {"treecast": 50}),
        Row("until", "moved in to all of it listed", "ms"),
    )
    files = 200_000

    def run(self, contestant):
        tree = tree_of(self.folders, b"begun")
        outside = self.folders.new_tree()
        (outside / "big").mkdir()
        for number in range(self.files):
            (outside / "big" / f"{number}").touch(0o644)
        figures = {}
        with Treecast(self.folders, tree) as server:
            editor = Editor(server)
            for key, old, new in (
                ("in", outside / "big", tree / "big"),
                ("renamed", tree / "big", tree / "renamed"),
                ("out", tree / "renamed", outside / "big"),
            ):
                begin = time.monotonic()
                old.rename(new)
                self.wait_for(server, key, new, tree)
                figures.setdefault("until", [(time.monotonic() - begin) * 1000])
                figures[key] = [editor.worst_since(begin) * 1000]
            editor.stop()
        return figures

    def wait_for(self, server, key, new, tree):
        """The listing has all of it, and nothing else."""
        count = 1 if key == "out" else self.files + 1
        wait_for(
            lambda: json.loads(server.get("/v1/status"))["files"] == count
            and (key == "out" or exists(server, f"{new.name}/{self.files - 1}")),
            f"{count} files in {tree}",
            120,
        )
        time.sleep(0.5)


def exists(server, path):
    with connect(server) as connection:
        connection.sendall(request_of(path))
        return connection.recv(64).split()[1] == b"200"


class Editor:
    """Replaces a file every 20 ms, and takes the time until its subscriber has it."""

    def __init__(self, server):
        self.path = server.tree / "file"
        self.poller = Poller(server, "file")
        self.poller.next()
        self.times = []
        self.stopping = False
        self.thread = threading.Thread(target=self.edit)
        self.thread.start()

    def edit(self):
        while not self.stopping:
            content = b"%d" % len(self.times)
            begin = time.monotonic()
            replace(self.path, content)
            while self.poller.next() != content:
                pass
            self.times.append((begin, time.monotonic() - begin))
            time.sleep(0.02)

    def worst_since(self, moment):
        return max(took for begin, took in self.times if begin + took >= moment)

    def stop(self):
        self.stopping = True
        self.thread.join()
