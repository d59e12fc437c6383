"""Growth: subscribers of one file, files with one subscriber each, files in the tree, payload.

Writes docs/scale.md and docs/scale.svg.
"""

import datetime
import os
import resource
import statistics
import sys
import time

from chart import write_chart
from benchmark import run_load, serving
from large_trees import memory_of, run_find
from servers import Treecast
from trees import make_tree

TITLE = "growth from 1 to 20,000 subscribers, files and so on; writes docs/scale.{md,svg}"


class Sweep:
    """One table: steps, and columns of figures for each step."""

    def __init__(self, title, step, columns, drawn):
        self.title = title
        self.step = step
        self.columns = columns
        self.drawn = drawn  # the columns that are in the picture, all of one unit
        self.steps = []
        self.figures = []

    def add(self, step, *figures):
        print(f"scale: {self.title}, {step:,}", *(f"{f:.4g}" for f in figures), file=sys.stderr)
        self.steps.append(step)
        self.figures.append(figures)

    def markdown(self):
        lines = [f"## {self.title}", "", f"| {self.step} | {' | '.join(self.columns)} |"]
        lines.append("|---" * (len(self.columns) + 1) + "|")
        for step, figures in zip(self.steps, self.figures):
            cells = " | ".join(f"{f:.3g}" if f < 1000 else f"{f:,.0f}" for f in figures)
            lines.append(f"| {step:,} | {cells} |")
        return "\n".join(lines) + "\n"

    def series(self):
        return {
            column: [(step, figures[self.columns.index(column)])
                     for step, figures in zip(self.steps, self.figures)]
            for column in self.drawn
        }


def load(folders, contestant, *options, tree=None):
    with serving(contestant, folders, tree) as server:
        return run_load(folders, server, *options)


def side_by_side(folders, *options):
    """What Treecast and the floor gave, in three turns each, one after the other."""
    pooled = {"treecast": {}, "floor": {}}
    for _ in range(3):
        for contestant, samples in pooled.items():
            result = load(folders, contestant, *options)
            for key in ("first_us", "last_us", "push_us"):
                samples.setdefault(key, []).extend(result[key])
    return pooled["treecast"], pooled["floor"]


def p50_ms(samples):
    return statistics.median(samples) / 1000


def steps_up_to(largest):
    """1, 10, 100, 1,000, 5,000 and so on, as far as descriptors go."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return [step for step in (1, 10, 100, 1000, 5000, 10000) if step < largest] + [
        min(largest, descriptors - 100)  # programs need some for themselves
    ]


def subscribers(folders):
    sweep = Sweep(
        "Subscribers of one file (1 KiB)", "subscribers",
        ("first, ms", "last, ms", "first (floor), ms", "last (floor), ms",
         "processor us a delivery", "(floor)"),
        ("first, ms", "last, ms", "first (floor), ms", "last (floor), ms"),
    )
    for count in steps_up_to(20000):
        rounds = max(5, min(50, 5000 // count))
        ours, floor = side_by_side(folders, "--connections", count, "--rounds", rounds)
        sweep.add(
            count, p50_ms(ours["first_us"]), p50_ms(ours["last_us"]), p50_ms(floor["first_us"]),
            p50_ms(floor["last_us"]), statistics.median(ours["push_us"]),
            statistics.median(floor["push_us"]),
        )
    return sweep


def subscribed_files(folders):
    sweep = Sweep(
        "Files with one subscriber each (1 KiB), one file replaced", "files",
        ("to its subscriber, ms", "processor us a delivery"), ("to its subscriber, ms",),
    )
    for count in steps_up_to(20000):
        result = load(
            folders, "treecast", "--files", count, "--connections", count, "--rounds", 30
        )
        sweep.add(count, p50_ms(result["last_us"]), statistics.median(result["push_us"]))
    return sweep


def files_in_tree(folders):
    sweep = Sweep(
        "Files in the tree, 50 in a directory", "files",
        ("start to ready, ms", "(find), ms", "memory a file, bytes", "edit to subscriber, ms"),
        ("start to ready, ms", "(find), ms", "edit to subscriber, ms"),
    )
    with Treecast(folders) as empty:
        memory_empty = memory_of(empty)
    for count in (1_000, 10_000, 100_000, 1_000_000):
        tree = folders.new_tree()
        make_tree(tree, count, count // 50)
        run_find(tree)
        find_ms = run_find(tree) * 1000
        start = time.monotonic()
        with Treecast(folders, tree) as server:
            ready_ms = (time.monotonic() - start) * 1000
            memory = (memory_of(server) - memory_empty) / count
            result = run_load(folders, server, "--rounds", 30)
        sweep.add(count, ready_ms, find_ms, memory, p50_ms(result["last_us"]))
    return sweep


def payload(folders):
    sweep = Sweep(
        "Size of the file, one subscriber", "bytes",
        ("edit to subscriber, ms", "(floor), ms"), ("edit to subscriber, ms", "(floor), ms"),
    )
    for size in (100, 1 << 10, 10 << 10, 100 << 10, 1 << 20, 16 << 20):
        ours, floor = side_by_side(folders, "--bytes", size, "--rounds", 30)
        sweep.add(size, p50_ms(ours["last_us"]), p50_ms(floor["last_us"]))
    return sweep


def run(folders, docs):
    sweeps = [
        subscribers(folders), subscribed_files(folders), files_in_tree(folders), payload(folders),
    ]
    text = (
        "# How Treecast grows\n\n"
        f"Measured by `./dev bench scale` on {datetime.date.today()} with {os.cpu_count()} "
        f"processors, kernel {os.uname().release}; medians. Subscribers are connections from one "
        "load generator, so the number of descriptors that a process may have ends the first two "
        "tables.\n\n![The tables as curves](scale.svg)\n\n"
    )
    (docs / "scale.md").write_text(text + "\n".join(sweep.markdown() for sweep in sweeps))
    write_chart(docs / "scale.svg", sweeps)
    print(f"wrote {docs / 'scale.md'} and {docs / 'scale.svg'}")
