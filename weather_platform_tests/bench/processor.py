"""The processor time of a process and of all that it has started so far, whatever became of that.

Belongs here: what Linux knows of it. Does not: the time of this process's own children once they have ended
(`resource.getrusage`), in which those of a child are missing that was killed, or did not wait for them: of
Dagster's processes the code server's, and with them every run.
"""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of_all(pid: int) -> float | None:
    """Of the process, of all below it, and of what those waited for when it ended; None where there is no
    /proc to read it from.
    """
    every = dict(filter(None, map(_of, Path("/proc").glob("[0-9]*"))))
    if not every:
        return None
    below, grown = {pid}, True
    while grown:
        more = {child for child, (parent, _) in every.items() if parent in below} - below
        below, grown = below | more, bool(more)
    return sum(every[one][1] for one in below if one in every)


def _of(process: Path) -> tuple[int, tuple[int, float]] | None:
    """Its number, and its parent's with its processor seconds; None where it is gone by now."""
    try:
        # Its name stands in brackets, and may hold anything.
        told = (process / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # Parent; then user and system time of its own, and of children that it waited for.
    return int(process.name), (int(told[1]), sum(map(int, told[11:15])) / _TICKS)
