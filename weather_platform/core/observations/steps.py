"""The time that amounts are over, where nobody states it: that of the rows' own step.

Belongs here: which step the rows of a file have, and what is asked where that settles nothing. Does not: what
a mapping states (mapping), or making hours of steps (hourly).

Rain of each ten minutes, three hours or a day looks like an hour's. An amount in rows of one step is over
that step. Where rows have several, or a day goes by its midnight, which may end it or begin it, amounts are
refused, and nothing else of the file; so are sums that run on (running_sums). Where there is no step, an
amount is an hour's.
"""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.observations.mapping import Mapping
from weather_platform.core.observations.mapping_rules import HOUR, check_interval
from weather_platform.core.observations.readings import NAT, Source
from weather_platform.core.observations.running_sums import RUNNING, runs_on
from weather_platform.core.observations.table_spec import ObservationFileError
from weather_platform.core.observations.values import Numbers, numbers
from weather_platform.core.quantities.variables import ACCUMULATED

DAY = timedelta(days=1)
# What a series may have of longer steps, each a multiple of its own: rows that are missing.
_GAPS = 0.1
MOST_ASKED = 3
OF_A_DAY = (
    "is it the day's, as a mean or its highest, or the value at its midnight? Nothing is compared with days; "
    "if it is that of midnight, write `interval: 1h` into the mapping"
)
_DATE = r"^\s*\d{4}-?\d{2}-?\d{2}\s*$"


class Steps(NamedTuple):
    """The step that rows have throughout, save for gaps; None where they have several. `shortest` and
    `longest` are for messages.
    """

    regular: timedelta | None
    shortest: timedelta
    longest: timedelta


def steps_of(series: np.ndarray, time: np.ndarray) -> Steps | None:
    """Steps between the times (µs) within each series (codes); None where no series has two times."""
    order = np.lexsort((time, series))
    later = np.diff(time[order])[np.diff(series[order]) == 0]
    steps, counts = np.unique(later[later > 0], return_counts=True)
    if not len(steps):
        return None
    usual = steps[np.argmax(counts)]
    regular = counts.max() >= (1 - _GAPS) * counts.sum() and not (steps % usual).any()
    shortest, longest, usual = (timedelta(microseconds=int(step)) for step in (steps[0], steps[-1], usual))
    return Steps(usual if regular else None, shortest, longest)


def by_step(source: Source) -> Source:
    """The file with the interval that its amounts have by their step, or its rows where it has none. Where
    that of amounts is not known they are set aside, each with the reason, and so are other values of rows
    that only name a day; raises ObservationFileError where the file holds nothing else.
    """
    mapping = source.mapping
    amounts = [name for name in mapping.variables if name in ACCUMULATED]
    doubt, interval = _interval(source) if amounts else ("", _usual(source))
    doubts = dict.fromkeys(amounts, doubt) if doubt else {}
    if _dates(source):
        doubts |= {name: OF_A_DAY for name in mapping.variables if name not in amounts}
    if not doubts.keys() < mapping.variables.keys():
        asked = [f"column {mapping.variables[name].source!r}: {doubt}" for name, doubt in doubts.items()]
        raise ObservationFileError("; ".join(asked[:MOST_ASKED]))
    for name, why in doubts.items():
        read = _read(source, name)
        there = np.isfinite(read.value) | read.unreadable | read.out_of_bounds
        source.rejects.add(np.flatnonzero(there), mapping.variables[name].source, why)
    others = {name: variable for name, variable in mapping.variables.items() if name not in doubts}
    mapping = mapping.model_copy(update={"variables": others})
    if not doubt:
        fields = mapping.model_dump(exclude_unset=True, by_alias=True) | {"interval": interval}
        mapping = Mapping.model_validate(fields)
    return replace(source, mapping=mapping)


def _interval(source: Source) -> tuple[str, timedelta]:
    """What is to be asked about the file's amounts, or nothing and their interval."""
    amounts = [_read(source, name) for name in source.mapping.variables if name in ACCUMULATED]
    # Marks of missing values come at the step of the other columns, be they -999, "NA" or NaN.
    there = np.logical_or.reduce([np.isfinite(read.value) for read in amounts])
    known = there & (source.station >= 0) & (source.time != NAT)
    time = source.time[known]
    if any(runs_on(source.station[known], time, read.value[known]) for read in amounts):
        return RUNNING, HOUR
    steps = steps_of(source.station[known], time)
    step = HOUR if steps is None else steps.regular
    if not len(time) or (step is not None and step < DAY and not _dates(source)):
        return _allowed(step or HOUR)
    if step is None and steps is not None:
        return irregular(steps, "`interval: 1h` (or what it is)"), HOUR
    if (midnights(time) or _dates(source)) and "label" not in source.mapping.model_fields_set:
        return (
            "is it the amount of the day that begins then, or of the one that ended? Write `interval: 24h`, "
            "and `label: start` or `label: end`, into the mapping"
        ), HOUR
    return _allowed(DAY if steps is None else step or DAY)


def _usual(source: Source) -> timedelta:
    """The step of a file without amounts, an hour where that is not known: gusts of ten minutes have a
    highest in the hour too, and what is stamped at its start ends a step later. A day ends at a stamp that
    only names it if somebody says so.
    """
    known = (source.station >= 0) & (source.time != NAT)
    steps = steps_of(source.station[known], source.time[known])
    step = HOUR if steps is None else steps.regular or HOUR
    named = step >= DAY and "label" not in source.mapping.model_fields_set
    return HOUR if named else _allowed(step)[1]


def _allowed(step: timedelta) -> tuple[str, timedelta]:
    try:
        check_interval(step, timedelta(0))
    except ValueError:
        return (
            f"over what time are its amounts? The rows are {_words(step)} apart, no part of an hour nor "
            "whole hours up to a day; write `interval: 1h` (or what it is) into the mapping"
        ), HOUR
    return "", step


def midnights(time: np.ndarray) -> bool:
    """Whether all times (µs) are midnights in UTC, as days are named by."""
    return not (time % (DAY // timedelta(microseconds=1))).any()


def irregular(steps: Steps, line: str) -> str:
    """The question that rows of several steps leave open; `line` settles it."""
    return (
        f"over what time are its amounts? The rows are {_words(steps.shortest)} to {_words(steps.longest)} "
        f"apart; write {line} into the mapping"
    )


def _words(step: timedelta) -> str:
    minutes = step / timedelta(minutes=1)
    return f"{minutes / 60:g}h" if minutes >= 60 else f"{minutes:g}min"


def only_days(stamps: list[pa.Array]) -> bool:
    """Whether the stamps, of one column or several, are dates without a time of day."""
    (stamp, *others) = stamps
    if others or pa.types.is_timestamp(stamp.type):
        return False
    texts = stamp.cast(pa.string()).drop_null()
    return len(texts) > 0 and bool(pc.all(pc.match_substring_regex(texts, _DATE)).as_py())


def _dates(source: Source) -> bool:
    return only_days([source.columns[name] for name in source.mapping.time.columns])


def _read(source: Source, name: str) -> Numbers:
    """An amount of each row in the contract's unit."""
    mapping, variable = source.mapping, source.mapping.variables[name]
    marks = [*mapping.missing, *variable.missing]
    return numbers(source.columns[variable.source], name, variable.unit, marks, mapping.csv.decimal)
