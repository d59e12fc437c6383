"""What must hold however badly clients and writers behave: aborts, slow readers, bursts.

These have no floor: their targets are bounds of Treecast's own.
"""

import errno
import os
import selectors
import socket
import struct
import subprocess
import sys
import threading
import time

from benchmark import Benchmark, Row
from clients import Poller, connect, replace, request_of, subscribers, tree_of, wait_for
from large_trees import memory_of
from servers import Failure, Treecast

MIB = 1 << 20


class Aborts(Benchmark):
    name = "aborts"
    title = "10,000 subscribers that abort and come back, ten times"
    contestants = ("treecast",)
    rows = (
        Row("first", "memory after the first time", "MiB"),
        Row("last", "memory after the last", "MiB"),
        Row("growth", "last divided by first", "", {"treecast": 1.02}),
    )
    connections = 10_000

    def run(self, contestant):
        with Treecast(self.folders, tree_of(self.folders, b"content")) as server:
            memory = [self.come_and_abort(server) for _ in range(10)]
        return {
            "first": [memory[0] / MIB], "last": [memory[-1] / MIB],
            "growth": [memory[-1] / memory[0]],
        }

    def come_and_abort(self, server):
        version = Poller(server, "file")
        version.next()
        version.stream.close()
        parked = []
        for _ in range(self.connections):
            connection = connect(server)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(request_of("file", version.version))
            parked.append(connection)
        wait_for(lambda: subscribers(server) == self.connections, "all are parked")
        for connection in parked:
            connection.close()  # a reset
        wait_for(lambda: subscribers(server) == 0, "none is parked")
        return memory_of(server)


class SlowReader(Benchmark):
    name = "slow-reader"
    title = "16 MiB replaced for one subscriber, beside one that reads a byte at a time"
    contestants = ("alone", "treecast")
    rows = (
        Row("p50", "edit to the quick subscriber, p50", "ms", {"alone": 1.25}),
        Row("held", "shared memory, most", "MiB"),
    )
    size = 16 * MIB
    rounds = 20

    def run(self, contestant):
        with Treecast(self.folders, tree_of(self.folders, bytes(self.size))) as server:
            path = server.tree / "file"
            quick = Poller(server, "file")
            quick.next()
            slow = None if contestant == "alone" else SlowConnection(server)
            times, held = [], []
            for number in range(1, self.rounds + 1):
                content = struct.pack("<Q", number) * (self.size // 8)
                made = path.with_name("made")
                made.write_bytes(content)
                start = time.monotonic()
                made.rename(path)
                while quick.next() != content:
                    pass
                times.append((time.monotonic() - start) * 1000)
                held.append(server.objects_bytes() / MIB)
                if slow is not None:
                    slow.read_a_byte()
            if slow is not None:
                slow.finish(self.size, content)
        return {"p50": times, "held": [max(held)]}


class SlowConnection:
    """Reads a byte now and then; then the rest, and whatever is the newest."""

    def __init__(self, server):
        self.connection = connect(server, 4096)
        self.connection.sendall(request_of("file"))
        self.got = bytearray()

    def read_a_byte(self):
        self.got += self.connection.recv(1)

    def finish(self, size, newest):
        first = self.take_answer(size)
        if first != first[:8] * (size // 8):
            raise Failure("the slow reader's version is torn")
        self.connection.sendall(request_of("file"))
        if self.take_answer(size) != newest:
            raise Failure("the slow reader did not get the newest next")
        self.connection.close()

    def take_answer(self, size):
        while b"\r\n\r\n" not in self.got:
            self.got += self.connection.recv(1 << 16)
        head, _, _ = bytes(self.got[:4096]).partition(b"\r\n\r\n")
        end = len(head) + 4 + size
        while len(self.got) < end:
            part = self.connection.recv(1 << 20)
            if not part:
                raise Failure("the slow reader was dropped")
            self.got += part
        body = bytes(self.got[len(head) + 4:end])
        del self.got[:end]
        return body


class SlowReaders(Benchmark):
    name = "slow-readers"
    title = "1,000 slow readers of 64 MiB, replaced each second"
    contestants = ("treecast",)
    memory_limit = 256
    pinned_limit = 128
    rows = (
        Row("held", "shared memory, most", "MiB", {"treecast": memory_limit + pinned_limit},
            figure=max),
        Row("quick", "GET of another file meanwhile, p50", "ms"),
    )
    readers = 1_000
    seconds = 20

    def run(self, contestant):
        tree = tree_of(self.folders, os.urandom(64 * MIB))
        path = tree / "file"
        (tree / "other").write_bytes(b"other")
        options = (f"--memory-limit={self.memory_limit}M", f"--pinned-limit={self.pinned_limit}M")
        held, quick = [], []
        with Treecast(self.folders, tree, options) as server:
            readers = [self.begin(server) for _ in range(self.readers)]
            end = time.monotonic() + self.seconds
            stop = threading.Event()
            writer = threading.Thread(target=self.write, args=(path, stop))
            writer.start()
            try:
                while time.monotonic() < end:
                    # Ever new versions are begun by those who were dropped.
                    readers = [self.read_some(server, reader) for reader in readers]
                    start = time.monotonic()
                    server.get("/v1/files/other")
                    quick.append((time.monotonic() - start) * 1000)
                    held.append(server.objects_bytes() / MIB)
            finally:
                stop.set()
                writer.join()
            for reader in readers:
                reader.close()
        return {"held": held, "quick": quick}

    @staticmethod
    def begin(server):
        reader = connect(server, 4096)
        reader.sendall(request_of("file"))
        reader.setblocking(False)
        return reader

    def read_some(self, server, reader):
        try:
            if reader.recv(100):
                return reader
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return reader
        reader.close()
        return self.begin(server)

    @staticmethod
    def write(path, stop):
        content = os.urandom(64 * MIB)
        while not stop.wait(1):
            replace(path, content)


class TreeReaders(Benchmark):
    name = "tree-readers"
    title = "20 clients that each read a whole tree, four times --memory-limit"
    contestants = ("resident", "treecast")
    rows = (
        Row("time", "until all have it, against all resident", "ms"),
    )
    files = 512
    size = 128 * 1024
    clients = 20

    def run(self, contestant):
        tree = self.folders.new_tree()
        for number in range(self.files):
            (tree / f"{number}").write_bytes(os.urandom(self.size))
        total_mib = self.files * self.size // MIB
        limit = total_mib * 4 if contestant == "resident" else total_mib // 4
        with Treecast(self.folders, tree, (f"--memory-limit={limit}M",)) as server:
            if contestant == "resident":
                self.read_all(server, 1)
            start = time.monotonic()
            self.read_all(server, self.clients)
            elapsed = time.monotonic() - start
        return {"time": [elapsed * 1000]}

    def read_all(self, server, clients):
        """Each client asks for the next file when it has the last one."""
        selector = selectors.DefaultSelector()
        for _ in range(clients):
            connection = connect(server)
            connection.sendall(request_of("0"))
            selector.register(connection, selectors.EVENT_READ, [0, bytearray(), None])
        left = clients
        while left:
            for key, _ in selector.select(60):
                left -= self.go_on(selector, key)

    def go_on(self, selector, key):
        state = key.data
        part = key.fileobj.recv(1 << 18)
        if not part:
            raise Failure("a client was dropped")
        number, got, length = state
        got += part
        if length is None and b"\r\n\r\n" in got:
            head, _, _ = bytes(got).partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise Failure(head.decode())
            length = len(head) + 4 + self.size
        if length is None or len(got) < length:
            state[2] = length
            return 0
        if number + 1 == self.files:
            selector.unregister(key.fileobj)
            key.fileobj.close()
            return 1
        state[:] = [number + 1, bytearray(), None]
        key.fileobj.sendall(request_of(f"{number + 1}"))
        return 0


class Rapid(Benchmark):
    name = "rapid"
    title = "a file of 100 bytes replaced 10,000 times a second for five seconds"
    contestants = ("treecast",)
    rows = (
        Row("writes", "replaced, a second", "/s", more_is_better=True),
        Row("versions", "versions that the subscriber took, a second", "/s", more_is_better=True),
        Row("last", "last write to its arrival", "ms"),
        Row("growth", "memory afterwards divided by before", "", {"treecast": 1.05}),
    )
    rate = 10_000
    seconds = 5

    def run(self, contestant):
        with Treecast(self.folders, tree_of(self.folders, b"begun")) as server:
            path = server.tree / "file"
            poller = Poller(server, "file")
            poller.next()
            before = memory_of(server)
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, path, str(self.rate), str(self.seconds)],
                stdout=subprocess.PIPE, text=True,
            )
            versions = 1
            while poller.next() != b"last":
                versions += 1
            arrived = time.monotonic()
            count, finished = writer.communicate()[0].split()
            after = memory_of(server)
            if "overflow" in server.log():
                raise Failure("inotify's queue overflowed")
        return {
            "writes": [int(count) / self.seconds], "versions": [versions / self.seconds],
            "last": [(arrived - float(finished)) * 1000], "growth": [after / before],
        }


# A process of its own: the subscriber is not to wait for it.
WRITER = """
import os, sys, time
path, rate, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

def replace(content):
    file = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(file, content)
    os.close(file)
    os.rename(path + ".new", path)

start = time.monotonic()
count = 0
while (now := time.monotonic()) < start + seconds:
    if count < (now - start) * rate:
        count += 1
        replace(b"%0100d" % count)
replace(b"last")
print(count, time.monotonic())
"""


ALL = (Aborts, SlowReader, SlowReaders, TreeReaders, Rapid)
