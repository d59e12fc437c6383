"""Clients and writers that the trials are made of."""

import json
import socket
import time

from servers import Failure


def request_of(path, after=None):
    query = "" if after is None else f"?after={after}&wait=60"
    return f"GET /v1/files/{path}{query} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


def connect(server, receive_buffer=None):
    connection = socket.socket()
    if receive_buffer is not None:  # before connect: it bounds the window
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.connect(("127.0.0.1", server.port))
    return connection


def replace(path, content):
    made = path.with_name(path.name + ".new")
    made.write_bytes(content)
    made.rename(path)


def tree_of(folders, content):
    """A new tree with `content` in `file`."""
    tree = folders.new_tree()
    (tree / "file").write_bytes(content)
    return tree


class Poller:
    """One subscriber, on a connection of its own, that reads as fast as it can."""

    def __init__(self, server, path):
        self.stream = connect(server).makefile("rwb")
        self.path = path
        self.version = None

    def next(self):
        """The body of the next version; empty if the poll timed out."""
        self.stream.write(request_of(self.path, self.version))
        self.stream.flush()
        status = int(self.stream.readline().split()[1])
        length = 0
        while (line := self.stream.readline()) not in (b"\r\n", b""):
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"treecast-version":
                self.version = value.strip().decode()
        body = self.stream.read(length)
        if status not in (200, 204) or len(body) != length:
            raise Failure(f"GET of {self.path}: status {status}, {len(body)} of {length} bytes")
        return body if status == 200 else b""


def subscribers(server):
    return json.loads(server.get("/v1/status"))["subscribers"]


def wait_for(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failure(f"not within {seconds} s: {what}")
        time.sleep(0.01)
