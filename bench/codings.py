"""A JSON file of 1 MiB to 1,000 subscribers: in zstd, in gzip, and as it is."""

import hashlib
import json
import random
import selectors
import subprocess
import time

from benchmark import Benchmark, Row, p99
from clients import connect, replace, subscribers, wait_for
from servers import Failure, Treecast, processor_seconds

SIZE = 1 << 20
CONNECTIONS = 1000
EDITS = 5
DECODERS = {"zstd": ["zstd", "-dc"], "gzip": ["gzip", "-dc"]}


def routes(seed):
    """Text as a configuration has it: names that come again, and numbers that do not."""
    numbers = random.Random(seed)
    rows = [
        {"host": f"node{numbers.randrange(1000)}.example", "port": numbers.randrange(65536),
         "weight": numbers.randrange(100), "path": f"/v1/service/{numbers.randrange(5000)}"}
        for _ in range(SIZE // 75)
    ]
    return json.dumps(rows, indent=1).encode()[:SIZE]


class Subscriber:
    def __init__(self, server, coding):
        self.connection = connect(server)
        accept = "" if coding == "identity" else f"Accept-Encoding: {coding}\r\n"
        self.rest = f" HTTP/1.1\r\nHost: bench\r\n{accept}\r\n"
        self.ask("")

    def ask(self, query):
        self.head, self.left, self.version = b"", None, None
        self.body = hashlib.sha256()
        self.first = []  # the body's pieces, of one subscriber alone
        self.connection.sendall(f"GET /v1/files/file.json{query}{self.rest}".encode())

    def wait_for_news(self):
        self.ask(f"?after={self.version}&wait=60")

    def take(self, keep):
        """Whether the answer is complete."""
        data = self.connection.recv(1 << 20)
        if not data:
            raise Failure("a subscriber was dropped")
        if self.left is None:
            self.head += data
            if b"\r\n\r\n" not in self.head:
                return False
            self.head, _, data = self.head.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in self.head.decode().split("\r\n")[1:])
            self.left = self.length = int(fields["Content-Length"])
            self.version = fields["Treecast-Version"]
            self.coding = fields.get("Content-Encoding", "identity")
        self.left -= len(data)
        self.body.update(data)
        if keep:
            self.first.append(data)
        return self.left == 0


class Codings(Benchmark):
    name = "codings"
    title = "JSON file of 1 MiB replaced, to 1,000 subscribers: zstd, beside gzip and identity"
    contestants = ("identity", "gzip", "treecast")  # the last one: zstd
    rows = (
        Row("push", "server's processor time a delivery", "us", {"identity": 1}),
        Row("made", "server's processor time an edit, copy and coding too", "ms"),
        Row("last", "edit to last subscriber, p50", "ms"),
        Row("worst", "edit to last subscriber, p99", "ms", figure=p99),
        Row("bytes", "of a body", "bytes"),
        Row("coded", "subscribers that got the coding within the 50 ms", "%"),
    )

    def run(self, contestant):
        coding = "zstd" if contestant == "treecast" else contestant
        tree = self.folders.new_tree()
        (tree / "file.json").write_bytes(routes(0))
        samples = {row.key: [] for row in self.rows}
        with Treecast(self.folders, tree) as server:
            everybody = [Subscriber(server, coding) for _ in range(CONNECTIONS)]
            self.receive_all(everybody)
            self.check(everybody, coding, routes(0))
            for edit in range(1, EDITS + 1):
                for each in everybody:
                    each.wait_for_news()
                wait_for(lambda: subscribers(server) == CONNECTIONS, "all are parked")
                content = routes(edit)
                before = processor_seconds(server.processes())
                start = time.monotonic()
                replace(tree / "file.json", content)
                self.receive_all(everybody)
                samples["last"].append((time.monotonic() - start) * 1000)
                used = processor_seconds(server.processes()) - before
                samples["push"].append(used * 1e6 / CONNECTIONS)
                samples["made"].append(used * 1000)
                samples["coded"].append(self.check(everybody, coding, content))
                samples["bytes"].append(everybody[0].length)
        samples["worst"] = samples["last"]
        return samples

    @staticmethod
    def receive_all(everybody):
        selector = selectors.DefaultSelector()
        for each in everybody:
            selector.register(each.connection, selectors.EVENT_READ, each)
        left = len(everybody)
        while left:
            for key, _ in selector.select(60):
                if key.data.take(key.data is everybody[0]):
                    selector.unregister(key.fileobj)
                    left -= 1

    @staticmethod
    def check(everybody, coding, content):
        """How many got the coding, in percent."""
        plain = hashlib.sha256(content).digest()
        coded = [each for each in everybody if each.coding != "identity"]
        if any(each.coding == "identity" and each.body.digest() != plain for each in everybody):
            raise Failure("a subscriber has other bytes than the file")
        if len({each.body.digest() for each in coded}) > 1:
            raise Failure("not all have the same bytes")
        if everybody[0] in coded:
            body = subprocess.run(
                DECODERS[coding], input=b"".join(everybody[0].first), capture_output=True, check=True
            ).stdout
            if body != content:
                raise Failure("the first subscriber's bytes decode to others than the file's")
        return len(coded) * 100 / len(everybody)
