"""The change feed with contents: a snapshot of files that nobody has asked for before, and a push.

Prints one line of JSON for each figure. The client is one Python process.
"""

import contextlib
import http.client
import json
import multiprocessing
import socket
import time

from feed import Clients, Measured, edit, replace, report, request
from servers import Failure, processor_seconds
from trees import make_tree

NAME = "feed:contents"
ACCEPT = "multipart/mixed"


def get(connection, target):
    connection.request("GET", target, headers={"Accept": ACCEPT})
    answer = connection.getresponse()
    if answer.status != 200:
        raise Failure(f"GET of {target}: status {answer.status}")
    return answer.read()


def end_of(body):
    """The last part, which is behind the last delimiter but one."""
    if not body.endswith(b"--\r\n"):
        raise Failure("an answer without its closing delimiter")
    parts = body.rsplit(b"\r\n--", 2)
    return json.loads(parts[1].partition(b"\r\n\r\n")[2])


def read_all(server, prefix):
    """Reads all pages of a prefix, and watches the proxy's memory meanwhile."""
    start = time.monotonic()
    before = most = server.memory()
    processor = processor_seconds([server.proxy()])
    files, after = 0, ""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        while True:
            body = get(connection, f"/v1/changes?prefix={prefix}{after}")
            files += body.count(b"\r\nContent-Location: ")
            if body.count(b"\r\nTreecast-Event: "):
                raise Failure("a file came without its content")
            most = max(most, server.memory())
            end = end_of(body)
            if not end["more"]:
                break
            after = "&after=" + end["cursor"]
    return {
        "files": files, "seconds": time.monotonic() - start, "memory": most - before,
        "processor": processor_seconds([server.proxy()]) - processor}


class Reader(multiprocessing.Process):
    """In a process of its own: else the edits would wait for its turns."""

    def __init__(self, server, prefix):
        super().__init__()
        self.arguments = (server, prefix)
        self.receiver, self.sender = multiprocessing.Pipe(duplex=False)

    def run(self):
        try:
            self.sender.send(read_all(*self.arguments))
        except Exception as error:
            self.sender.send(error)

    def result(self):
        result = self.receiver.recv()
        self.join()
        if isinstance(result, Exception):
            raise result
        return result


def version_of(server, path):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        connection.request("HEAD", "/v1/files/" + path.name)
        return connection.getresponse().headers["Treecast-Version"]


def pushes(server, path, until):
    """From the edit of a file to its subscriber, again and again."""
    delays = []
    while not until(len(delays)):
        version = version_of(server, path)
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(request(f"/v1/files/{path.name}?wait=60&after={version}"))
            time.sleep(0.005)
            start = replace(path, b"content %d" % len(delays))
            client.recv(65536)
            delays.append((time.monotonic() - start) * 1000)
    return delays


def snapshot(folders, files):
    tree = folders.new_tree()
    make_tree(tree, files, files // 1000)
    path = tree / "watched"
    path.write_bytes(b"0")
    with Measured(folders, tree) as server:
        server.get("/v1/files/watched")
        report("edit to its subscriber, alone", pushes(server, path, lambda n: n == 300), "ms")
        for name in ("never loaded", "read again"):
            reader = Reader(server, "directory-")
            reader.start()
            delays = pushes(server, path, lambda _, reader=reader: reader.receiver.poll())
            result = reader.result()
            if result["files"] != files:
                raise Failure(f"{result['files']} of {files} files came")
            name = f"{files} files, {name}, with contents"
            report(name, result["seconds"], "s")
            report(f"{name}: the proxy's memory", result["memory"], "bytes more")
            report(f"{name}: processor time of the proxy", result["processor"], "s")
            report(f"{name}: edit to another's subscriber beside it", delays, "ms")


def push(folders, count, rounds):
    with Measured(folders) as server:
        (server.tree / "d").mkdir()
        path = server.tree / "d" / "f"
        path.write_bytes(b"1")
        server.sync()
        server.get("/v1/files/d/f")

        class ClientsWithContents(Clients):
            def send(self, one):
                super().send(one.replace(b"\r\n\r\n", f"\r\nAccept: {ACCEPT}\r\n\r\n".encode()))

        def feed(cursor):
            return f"/v1/changes?prefix=d/&wait=60&after={cursor}"

        for kind, name in ((Clients, "feeds"), (ClientsWithContents, "feeds with contents")):
            with kind(server.port, [None] * count) as clients:
                edit(server, clients, feed, path, count, rounds, name)


def run(folders, names):
    if "feed" in names or NAME in names:
        snapshot(folders, 100_000)
        push(folders, 1000, 20)
