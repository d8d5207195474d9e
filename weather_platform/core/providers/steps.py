"""Lists in a reply, entry by entry: one that cannot be read is a Fault of its own and costs no other.

Belongs here: telling good entries from bad. Does not: any provider's fields (its own file), or values, which
are judged column by column (core.parsing.columns).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from weather_platform.core.providers.reading import pluck
from weather_platform.core.providers.spec import Fault, PayloadError

# What the taking of fields raises where a structure is foreign, also one that is empty or nested without end.
FOREIGN = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError)
# Faults told one by one: a list that is bad throughout says so once and not a hundred thousand times.
_TOLD = 20

T = TypeVar("T")


def each(entries: Iterable[Any], read: Callable[[Any], T], what: str) -> tuple[list[T], list[Fault]]:
    """What `read` makes of each entry, and a Fault for each that it cannot read. `what` names an entry."""
    entries = list(entries)
    try:
        return [read(entry) for entry in entries], []
    except FOREIGN:
        return _one_by_one(entries, read, what)


def one(value: Any, read: Callable[[Any], T], what: str) -> tuple[T | None, list[Fault]]:
    """What `read` makes of a value that a reply may lack: None where it does, and None with a Fault where it
    cannot be read."""
    if not value:
        return None, []
    try:
        return read(value), []
    except FOREIGN as error:
        return None, [Fault(_why(what, error))]


def timed(
    entries: Any, field: str, times_of: Callable[[Sequence[Any]], np.ndarray], what: str
) -> tuple[list[dict[str, Any]], np.ndarray, list[Fault]]:
    """The objects of a list whose `field` is a time, those times, and a Fault for each other entry.

    Raises PayloadError where there is no list, or nothing in it can be placed in time.
    """
    if not isinstance(entries, list) or not entries:
        raise PayloadError(f"the reply holds no {what}")
    try:
        return entries, times_of(pluck(entries, field)), []
    except FOREIGN:
        # Of all times at once: only where one is wrong are they looked at one by one.
        good, faults = _one_by_one(entries, lambda entry: (entry, times_of([entry[field]])), what)
    if not good:
        raise PayloadError(faults[0].reason)
    return [entry for entry, _ in good], np.concatenate([time for _, time in good]), faults


def in_order(
    entries: Sequence[dict[str, Any]], times: np.ndarray, faults: list[Fault]
) -> tuple[list[dict[str, Any]], np.ndarray, list[Fault]]:
    """What `timed` gives by time, each time once, for readers to whom a step says something of the next. Of
    entries that differ nothing says which is right: a time that has such is left out, with a Fault.
    """
    if (np.diff(times.astype("int64")) > 0).all():
        return list(entries), times, faults
    at: dict[np.datetime64, list[dict[str, Any]]] = {}
    for time, entry in zip(times, entries, strict=True):
        at.setdefault(time, []).append(entry)
    unlike = {time for time, found in at.items() if any(entry != found[0] for entry in found)}
    reasons = [f"step {time}Z is there {len(at[time])} times, and not the same" for time in sorted(unlike)]
    kept = sorted(at.keys() - unlike)
    if not kept:
        raise PayloadError(reasons[0])
    return [at[time][0] for time in kept], np.array(kept), [*faults, *map(Fault, _told(reasons))]


def _one_by_one(entries: Sequence[Any], read: Callable[[Any], T], what: str) -> tuple[list[T], list[Fault]]:
    good: list[T] = []
    reasons: list[str] = []
    for position, entry in enumerate(entries):
        try:
            good.append(read(entry))
        except FOREIGN as error:
            reasons.append(_why(f"{what} {position}", error))
    return good, [Fault(reason) for reason in _told(reasons)]


def _told(reasons: Sequence[str]) -> list[str]:
    more = [f"{len(reasons) - _TOLD} more like this: {reasons[-1]}"] if len(reasons) > _TOLD else []
    return [*reasons[:_TOLD], *more]


def _why(what: str, error: Exception) -> str:
    if isinstance(error, PayloadError):
        return f"{what}: {error}"
    return f"{what} is not of the reply's structure ({error!r:.120})"
