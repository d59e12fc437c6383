#!/usr/bin/env python3
"""Runs the benchmarks: floor, peers and Treecast side by side, in alternation.

Started by `./dev bench`, which builds and installs what is needed.
"""

import argparse
import functools
import json
import os
import pathlib
import platform
import resource
import signal
import sys

import feed
import feed_contents
import rows
import scale
import trials
from big_directory import BigDirectory
from codings import Codings
from disturbance import STOLEN_PERCENT_MAX, undisturbed
from servers import Failure, Folders

BENCHMARKS = (*rows.ALL, Codings, *trials.ALL, BigDirectory)
FEED_NAMES = (*feed.NAMES, feed_contents.NAME)


def positive(text):
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Measures floor, peers and Treecast side by side; ratios are what counts.",
        epilog="benchmarks:\n" + "".join(
            f"  {benchmark.name:14} {benchmark.title}\n" for benchmark in BENCHMARKS
        ) + f"  {'feed':14} {feed.TITLE}\n"
        f"  {'':14} in parts: {', '.join(FEED_NAMES[1:])}\n  {'scale':14} {scale.TITLE}\n\n"
        "Without a name: all but feed and scale.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--rounds", type=positive, default=3, help="how often all take turns (3)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all samples too")
    parser.add_argument(
        "--trees", default="/dev/shm", metavar="DIR", help="where trees are made (/dev/shm)"
    )
    for folder in ("--programs", "--docs"):
        parser.add_argument(folder, type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    known = [benchmark.name for benchmark in BENCHMARKS] + [*FEED_NAMES, "scale"]
    for name in arguments.names:
        if name not in known:
            parser.error(f"there is no benchmark '{name}'; there are {', '.join(known)}")
    if arguments.json:
        try:
            arguments.json.touch()
        except OSError as error:
            parser.error(f"--json {arguments.json}: {error.strerror}")
    if not os.access(arguments.trees, os.W_OK | os.X_OK):
        parser.error(f"--trees {arguments.trees} is no directory that can be written")
    return arguments


def measure(benchmark, rounds):
    """Samples by row and contestant, and how much of the processors' time others took at most
    in a turn, in percent."""
    samples = {row.key: {name: [] for name in benchmark.contestants} for row in benchmark.rows}
    stolen = 0
    turns = rounds * benchmark.turns
    for turn in range(turns):
        for contestant in benchmark.contestants:
            print(f"{benchmark.name}: {contestant}, {turn + 1} of {turns}", file=sys.stderr)
            measured, percent = undisturbed(functools.partial(benchmark.run, contestant))
            stolen = max(stolen, percent)
            for key, values in measured.items():
                if key in samples:
                    samples[key][contestant] += values
    return samples, stolen


# Who uses every processor is compared with what does so too.
AS_WIDE_AS = {"nats": "treecast-2"}


def verdict(row, figures):
    """What of the targets is met."""
    said = []
    for name, limit in row.targets.items():
        ours = figures.get(AS_WIDE_AS.get(name), figures["treecast"])
        value = ours if name == "treecast" else ours / figures[name]
        is_met = value >= limit if row.more_is_better else value <= limit
        of = "" if name == "treecast" else f" x {name}"
        said.append(f"{'met' if is_met else 'NOT MET'}: {value:.3g} of {limit}{of}")
    return "; ".join(said)


def report(benchmark, samples, stolen):
    print(f"\n{benchmark.name}: {benchmark.title}")
    print(f"  {'':42}" + "".join(f"{name:>11}" for name in benchmark.contestants), end="")
    others = [name for name in benchmark.contestants if name != "treecast"]
    print("".join(f"{'/' + name:>12}" for name in others) + "  targets")
    result = []
    for row in benchmark.rows:
        figures = {
            name: row.figure(values) for name, values in samples[row.key].items() if values
        }
        ratios = {
            name: figures["treecast"] / figures[name] for name in others if figures.get(name)
        }
        title = f"{row.title}{', ' + row.unit if row.unit else ''}"
        print(f"  {title:42}", end="")
        for name in benchmark.contestants:
            print(f"{figures[name]:11.4g}" if name in figures else f"{'-':>11}", end="")
        for name in others:
            print(f"{ratios[name]:12.2f}" if name in ratios else f"{'-':>12}", end="")
        print("  " + verdict(row, figures), flush=True)
        result.append({
            "row": row.key, "title": row.title, "unit": row.unit, "figures": figures,
            "ratios": ratios, "targets": row.targets, "samples": samples[row.key],
        })
    if stolen > STOLEN_PERCENT_MAX:
        print(f"  not quiet: up to {stolen:.0f} % of a turn's time went to other machines")
    remark = benchmark.remark({row["row"]: row["figures"] for row in result})
    if remark:
        print(f"  {remark}", flush=True)
    return {
        "benchmark": benchmark.name, "title": benchmark.title, "rows": result, "remark": remark,
        "stolen_percent": stolen,
    }


def run(arguments, folders):
    chosen = [
        benchmark(folders) for benchmark in BENCHMARKS
        if not arguments.names or benchmark.name in arguments.names
    ]
    results = []
    failed = False
    for benchmark in chosen:
        try:
            results.append(report(benchmark, *measure(benchmark, arguments.rounds)))
        except Failure as failure:
            print(f"\n{benchmark.name}: FAILED: {failure}", flush=True)
            failed = True
    feed.run(folders, arguments.names)
    feed_contents.run(folders, arguments.names)
    if "scale" in arguments.names:
        scale.run(folders, arguments.docs)
    if arguments.json:
        machine = {"kernel": platform.release(), "cpus": os.cpu_count()}
        arguments.json.write_text(json.dumps({"machine": machine, "benchmarks": results}, indent=1))
    return 1 if failed else 0


def main():
    arguments = parse_arguments()
    # A connection for each subscriber, at both ends.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for number in (signal.SIGINT, signal.SIGTERM):  # even where the parent ignored them
        signal.signal(number, signal.default_int_handler)
    folders = Folders(arguments.programs, arguments.trees)
    try:
        return run(arguments, folders)
    except KeyboardInterrupt:
        return 130
    finally:
        folders.remove()


if __name__ == "__main__":
    sys.exit(main())
