"""What a benchmark is, and what all of them share.

A benchmark has contestants; `run(contestant)` measures one of them once and gives a list of
samples for each row. bench.py lets them take turns and compares what they gave.
"""

import contextlib
import dataclasses
import json
import statistics
import subprocess

import placement
from servers import (
    Failure, Floor, FloorOfEvents, FloorOfTwo, FloorSafe, Nats, Nchan, Nginx, NginxCopying, NginxDeferring,
    Treecast, TreecastOfTwoWorkers,
)

SERVERS = {
    "floor": Floor, "floor-of-2": FloorOfTwo, "floor-safe": FloorSafe,
    "floor-events": FloorOfEvents, "nchan": Nchan,
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
