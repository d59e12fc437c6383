"""Which processors run what.

On two processors the scheduler decides whether the load generator runs beside the server or with it
on one processor. Where they share it, nobody has to be woken for an answer, the generator takes
hundreds at once, and the server's own time is half of what it is otherwise: a lottery that decides
more than the servers do. So the generator has a processor to itself, and what sends with one thread
has the other. What is made to use every processor has them all.
"""

import contextlib
import os


@contextlib.contextmanager
def on(processors):
    """Processes started within the block stay on these."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def for_server(uses_every_processor):
    available = sorted(os.sched_getaffinity(0))
    return set(available if uses_every_processor else available[:1])


def for_load():
    return {sorted(os.sched_getaffinity(0))[-1]}
