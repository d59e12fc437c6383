"""The change feed: memory of parked feeds, latency beside many others, pages of a large tree, and
the return of ten thousand clients to a new epoch.

Prints one line of JSON for each figure. The clients are one Python process, whose own time is some
20 us for each answer: what a thousand feeds take is measured by feeds-1000 in rows.py.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import resource
import select
import socket
import statistics
import subprocess
import sys
import threading
import time

from servers import Failure, Treecast, processor_seconds
from trees import make_tree

TITLE = "the change feed: memory, latency, pages, and clients that come back to a new epoch"
UNKNOWN = "0000000000000001.5"  # a cursor of another epoch


def request(target, body=None):
    head = f"{'GET' if body is None else 'POST'} {target} HTTP/1.1\r\nHost: bench\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return (head + "\r\n").encode() + (body or b"")


def body_of(answer):
    """The JSON of a whole answer; None while some of it is missing."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return None
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return body if len(body) >= int(line.split(b":")[1]) else None
    raise Failure(f"an answer without a length: {head!r}")


class Clients:
    """Connections that each have sent one request."""

    def __init__(self, port, requests):
        self.epoll = select.epoll()
        self.sockets = {}
        self.answers = {}
        for one in requests:
            client = socket.create_connection(("127.0.0.1", port))
            self.sockets[client.fileno()] = client
            self.epoll.register(client, select.EPOLLIN)
            if one is not None:
                client.sendall(one)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self.sockets.values():
            client.close()
        self.epoll.close()

    def send(self, one):
        self.answers = {}
        for client in self.sockets.values():
            client.sendall(one)

    def receive(self, count, seconds=60):
        """Returns the time when so many answers were complete."""
        done = 0
        end = time.monotonic() + seconds
        while done < count:
            events = self.epoll.poll(max(0, end - time.monotonic()))
            if not events:
                raise Failure(f"{done} of {count} answers came")
            for descriptor, _ in events:
                bytes_ = self.sockets[descriptor].recv(1 << 20)
                if not bytes_:
                    raise Failure("a connection was closed")
                answer = self.answers.get(descriptor, b"") + bytes_
                self.answers[descriptor] = answer
                done += body_of(answer) is not None
        return time.monotonic()


class Measured(Treecast):
    def proxy(self):
        for pid in self.processes():
            if pathlib.Path(f"/proc/{pid}/exe").resolve().name == "treecast-proxy":
                return pid
        raise Failure("there is no treecast-proxy")

    def memory(self):
        for line in pathlib.Path(f"/proc/{self.proxy()}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) * 1024
        raise Failure("no RssAnon")

    def changes(self, parameters):
        return json.loads(self.get("/v1/changes?" + parameters))

    def cursor(self):
        return self.changes("path=none")["cursor"]

    def wait_for_subscribers(self, count):
        end = time.monotonic() + 60
        while json.loads(self.get("/v1/status"))["subscribers"] < count:
            if time.monotonic() > end:
                raise Failure(f"not {count} subscribers")
            time.sleep(0.05)


def report(name, samples, unit):
    samples = samples if isinstance(samples, list) else [samples]
    print(json.dumps({
        "figure": name, "median": round(statistics.median(samples), 4),
        "least": round(min(samples), 4), "most": round(max(samples), 4),
        "samples": len(samples), "unit": unit}), flush=True)


def replace(path, content):
    new = path.with_name(".new")
    new.write_bytes(content)
    start = time.monotonic()
    new.rename(path)
    return start


def parked_memory(folders, count):
    def feeds_of(name, requests_of):
        with Measured(folders) as server:
            (server.tree / "f").write_bytes(b"1")
            server.sync()
            after = f"after={server.cursor()}"
            before = server.memory()
            with Clients(server.port, requests_of(after)):
                server.wait_for_subscribers(count)
                report(name, (server.memory() - before) / count, "bytes each")

    feeds_of(f"{count} parked polls of one file", lambda after: (
        request(f"/v1/files/f?{after}&wait=60") for _ in range(count)))
    feeds_of(f"{count} parked feeds of one prefix each", lambda after: (
        request(f"/v1/changes?{after}&wait=60&prefix=prefix-{i}/") for i in range(count)))
    feeds_of(f"{count} parked event streams of one prefix", lambda after: (
        request(f"/v1/events?{after}&prefix=d/") for _ in range(count)))
    feeds_of(f"{count} parked event streams of one prefix each", lambda after: (
        request(f"/v1/events?{after}&prefix=prefix-{i}/") for i in range(count)))
    paths = json.dumps({"paths": [f"directory/file-{i}" for i in range(4000)]}).encode()
    feeds_of(f"{count} parked feeds of the same 4,000 paths", lambda after: (
        request(f"/v1/changes?{after}&wait=60", paths) for _ in range(count)))


def edit(server, clients, target_of, path, count, rounds, name, others=0):
    """The same edit again and again while `count` clients wait for it, and `others` for others."""
    last_ms, processor_ms = [], []
    for number in range(rounds):
        clients.send(request(target_of(server.cursor())))
        server.wait_for_subscribers(others + count)
        time.sleep(0.02)
        before = processor_seconds(server.processes())
        start = replace(path, b"content %d" % number)
        last_ms.append((clients.receive(count) - start) * 1000)
        time.sleep(0.01)
        processor_ms.append((processor_seconds(server.processes()) - before) * 1000)
    report(f"{name}: edit to the last of {count}", last_ms, "ms")
    report(f"{name}: processor time of one edit", processor_ms, "ms")


def latency(folders, others, rounds):
    def feed(cursor):
        return f"/v1/changes?prefix=d/&wait=60&after={cursor}"

    for count in (0, others):
        with Measured(folders) as server:
            (server.tree / "d").mkdir()
            path = server.tree / "d" / "f"
            path.write_bytes(b"1")
            server.sync()
            after = server.cursor()
            feeds = (request(f"/v1/changes?after={after}&wait=300&prefix=p{i}/")
                     for i in range(count))
            with Clients(server.port, feeds), Clients(server.port, [None]) as clients:
                edit(server, clients, feed, path, 1, rounds, f"feed beside {count} others", count)


def interests_of(number, count):
    """The body of a feed of `count` paths, prefixes and globs beside the file that is edited, none
    of which matches it."""
    names = [f"{number}-{i}" for i in range(count)]
    return json.dumps({
        "paths": [f"d/path-{name}" for name in names[0::3]],
        "prefixes": [f"d/prefix-{name}/" for name in names[1::3]],
        "globs": [f"d/glob-{name}-*/**/*.conf" for name in names[2::3]],
    }).encode()


def among_interests(folders, feeds, interests, rounds):
    """An edit and its one subscriber: beside so many feeds of so many interests each, and among ten
    interests. Both servers run side by side and are edited in turn."""
    def start(stack, count, each):
        server = stack.enter_context(Measured(folders))
        (server.tree / "d").mkdir()
        (server.tree / "d" / "f").write_bytes(b"1")
        server.sync()
        target = f"/v1/changes?wait=300&after={server.cursor()}"
        parked = (request(target, interests_of(i, each)) for i in range(count))
        stack.enter_context(Clients(server.port, parked))
        server.wait_for_subscribers(count)
        return server, stack.enter_context(Clients(server.port, [None])), count

    few, many = "among 10", f"among {feeds * interests} in {feeds} feeds"
    last_ms = {few: [], many: []}
    processor_ms = {few: [], many: []}
    with contextlib.ExitStack() as stack:
        beside = {few: start(stack, 1, 9), many: start(stack, feeds, interests)}
        for number in range(rounds):
            for name, (server, clients, count) in beside.items():
                clients.send(request(f"/v1/changes?path=d/f&wait=60&after={server.cursor()}"))
                server.wait_for_subscribers(count + 1)
                time.sleep(0.02)
                before = processor_seconds(server.processes())
                began = replace(server.tree / "d" / "f", b"content %d" % number)
                last_ms[name].append((clients.receive(1) - began) * 1000)
                time.sleep(0.01)
                used = processor_seconds(server.processes()) - before
                processor_ms[name].append(used * 1000)
    for name in last_ms:
        report(f"a change {name}: edit to its feed", last_ms[name], "ms")
        report(f"a change {name}: processor time", processor_ms[name], "ms")
    for title, figures in (("edit to its feed", last_ms), ("processor time", processor_ms)):
        ratio = statistics.median(figures[many]) / statistics.median(figures[few])
        report(f"a change {many} / {few}: {title} (at most 1.2)", ratio, "")


def pages(folders, files):
    tree = folders.new_tree()
    make_tree(tree, files, files // 1000)
    some = next(entry for entry in tree.iterdir() if entry.is_dir()).name
    with Measured(folders, tree) as server:
        for name, parameters in (
                ("a page of 5,000", "prefix="),
                ("a prefix of one directory of 1,000", f"prefix={some}/"),
                ("a glob of the whole tree that matches nothing", "glob=**/nothing"),
                ("a page of the glob **/*", "glob=**/*&limit=5000"),
                ("a prefix of all", "prefix=" + os.path.commonprefix(os.listdir(tree)))):
            worst, took, processor = [], [], []
            for number in range(5):
                delays = []
                stopped = threading.Event()

                def ask(delays=delays, stopped=stopped):
                    with socket.create_connection(("127.0.0.1", server.port)) as client:
                        while not stopped.is_set():
                            start = time.monotonic()
                            client.sendall(request("/healthz"))
                            client.recv(4096)
                            delays.append((time.monotonic() - start) * 1000)

                thread = threading.Thread(target=ask)
                thread.start()
                try:
                    time.sleep(0.1)
                    before = processor_seconds([server.proxy()])
                    start = time.monotonic()
                    with Clients(server.port, [
                            request(f"/v1/changes?{parameters}&path=none-{number}")]) as clients:
                        took.append((clients.receive(1) - start) * 1000)
                        processor.append((processor_seconds([server.proxy()]) - before) * 1000)
                        answer = json.loads(body_of(next(iter(clients.answers.values()))))
                    time.sleep(0.1)
                finally:
                    stopped.set()
                    thread.join()
                worst.append(max(delays))
            print(name, len(answer["changes"]), "files, more:", answer["more"], file=sys.stderr)
            report(f"{name} of {files}: answer", took, "ms")
            report(f"{name} of {files}: processor time, with /healthz", processor, "ms")
            report(f"{name} of {files}: longest /healthz beside it", worst, "ms")


def columns_of_find(tree):
    start = time.monotonic()
    done = subprocess.run(
        ["find", tree, "-type", "f", "-printf", "%P %s %T@ %m\\n"], capture_output=True, check=True
    )
    return (time.monotonic() - start) * 1000, done.stdout.count(b"\n")


def snapshot(folders, files, rounds):
    """All pages of a tree that nobody has read, in turn with find's same columns. A page is made
    once for a revision: so something changes before each round."""
    tree = folders.new_tree()
    make_tree(tree, files - 1, files // 50)
    find_ms, all_ms, processor_ms = [], [], []
    with Measured(folders, tree) as server, Clients(server.port, [None]) as clients:
        for number in range(rounds):
            replace(tree / "changes", b"%d" % number)
            server.sync()
            took, listed = columns_of_find(tree)
            find_ms.append(took)
            before = processor_seconds(server.processes())
            start = time.monotonic()
            target, found = "/v1/changes", 0
            while target:
                clients.send(request(target))
                clients.receive(1)
                page = body_of(next(iter(clients.answers.values())))
                found += page.count(b'{"path":')
                beginning = json.loads(page[:page.index(b',"changes":')] + b"}")
                target = beginning["more"] and f"/v1/changes?after={beginning['cursor']}"
            all_ms.append((time.monotonic() - start) * 1000)
            processor_ms.append((processor_seconds(server.processes()) - before) * 1000)
            if found != listed or found != files:
                raise Failure(f"{found} of {files} files were listed, {listed} by find")
    report(f"find -printf of {files} files", find_ms, "ms")
    report(f"snapshot of {files} files", all_ms, "ms")
    report(f"snapshot of {files} files: processor time", processor_ms, "ms")
    ratio = statistics.median(all_ms) / statistics.median(find_ms)
    report("snapshot / find", ratio, "")


def storm(folders, count, files):
    with Measured(folders) as server:
        lines = []
        for i in range(files):
            (server.tree / f"file-{i}").write_bytes(b"%d" % i)
            lines.append((f"file-{i}", hashlib.sha256(b"%d" % i).hexdigest()))
            os.chmod(server.tree / f"file-{i}", 0o644)
        server.sync()
        digest = hashlib.sha256(b"".join(
            f"{hash_} 0644 {path}\0".encode() for path, hash_ in sorted(lines))).hexdigest()
        one = request(f"/v1/changes?after={UNKNOWN}&state={digest}&wait=30")
        with Clients(server.port, [None] * count) as clients:
            before = processor_seconds(server.processes())
            start = time.monotonic()
            clients.send(one)
            report(f"storm of {count} with {files} files", clients.receive(count) - start, "s")
            report("storm: processor time", processor_seconds(server.processes()) - before, "s")
            for answer in clients.answers.values():
                if not json.loads(body_of(answer))["same"]:
                    raise Failure("an answer without 'same'")
            report("storm: bytes each", max(map(len, clients.answers.values())), "bytes")


PARTS = {
    "memory": parked_memory,
    "latency": lambda folders, count: latency(folders, count, 30),
    "interests": lambda folders, _: among_interests(folders, 5000, 20, 200),
    "snapshot": lambda folders, _: snapshot(folders, 100_000, 7),
    "storm": lambda folders, count: storm(folders, count, 1000),
    "pages": lambda folders, _: pages(folders, 300_000),
}
NAMES = ("feed", *(f"feed:{part}" for part in PARTS))


def run(folders, names):
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(10_000, descriptors - 200)
    for part, measure in PARTS.items():
        if "feed" in names or f"feed:{part}" in names:
            print(f"feed: {part}", file=sys.stderr)
            measure(folders, count)
