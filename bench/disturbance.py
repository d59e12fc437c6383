"""Whether the machine was ours while something was measured.

A virtual machine's processors are now and then taken for another one; the kernel counts how long
(`steal` of /proc/stat, proc(5)). What was measured meanwhile says nothing of any contestant.
"""

import sys

STOLEN_PERCENT_MAX = 1
ATTEMPTS_MAX = 2


def processor_times():
    """Of all processors since the start: all, and taken by the hypervisor, in clock ticks."""
    with open("/proc/stat", encoding="ascii") as lines:
        ticks = [int(word) for word in lines.readline().split()[1:9]]
    return sum(ticks), ticks[7]


def undisturbed(measure):
    """What `measure()` gives, measured again while too much of the time was stolen; and how much
    was stolen in the end, in percent."""
    for attempt in range(ATTEMPTS_MAX):
        total, stolen = processor_times()
        result = measure()
        total_after, stolen_after = processor_times()
        percent = 100 * (stolen_after - stolen) / max(total_after - total, 1)
        if percent <= STOLEN_PERCENT_MAX:
            break
        again = "; again" if attempt + 1 < ATTEMPTS_MAX else ""
        print(f"{percent:.1f} % of the processors' time was stolen{again}", file=sys.stderr)
    return result, percent
