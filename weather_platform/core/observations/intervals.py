"""The time that amounts are over, as a mapping states it or the rows' own step tells.

Belongs here: what is asked where neither settles it, and set aside until it is answered. Does not: which step
rows have (steps), which of them stand for days (days), or making hours of steps (hourly).

Rain of each ten minutes, three hours or a day looks like an hour's. An amount in rows of one step is over
that step. Where rows have several, or a day goes by its midnight, which may end it or begin it, amounts are
refused, and nothing else of the file; so are sums that run on (running_sums). Where there is no step, an
amount is an hour's.
"""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa

from weather_platform.core.observations.days import DAY, OF_A_DAY, WHICH_DAY, midnights, only_days
from weather_platform.core.observations.mapping import Mapping
from weather_platform.core.observations.mapping_rules import HOUR
from weather_platform.core.observations.readings import NAT, Source, holds
from weather_platform.core.observations.running_sums import RUNNING, runs_on
from weather_platform.core.observations.steps import allowed, irregular, steps_of
from weather_platform.core.observations.table_spec import ObservationFileError
from weather_platform.core.observations.values import Numbers, numbers
from weather_platform.core.quantities.variables import ACCUMULATED

MOST_ASKED = 3


def by_step(source: Source) -> Source:
    """The file with the interval that its amounts have by their step, or its rows where it has none. Where
    that of amounts is not known they are set aside, each with the reason, and so are other values of rows
    that only name a day; raises ObservationFileError where the file holds nothing else.
    """
    amounts = _amounts(source)
    doubt, interval = _interval(source) if amounts else ("", _usual(source))
    source = _without(source, _doubts(source, doubt, days=_dates(source)))
    if doubt:
        return source
    fields = source.mapping.model_dump(exclude_unset=True, by_alias=True) | {"interval": interval}
    return replace(source, mapping=Mapping.model_validate(fields))


def as_stated(source: Source) -> Source:
    """The file by the interval that its mapping states. Of a day at midnight it must say which side of it is
    meant, and where rows only name days nothing but amounts is taken: what is not is set aside, as above.
    """
    if source.mapping.interval < DAY:
        return source
    unsaid = _amounts(source) and "label" not in source.mapping.model_fields_set and _at_midnights(source)
    return _without(source, _doubts(source, WHICH_DAY if unsaid else "", days=_dates(source)))


def _amounts(source: Source) -> list[str]:
    return [name for name in source.mapping.variables if name in ACCUMULATED]


def _doubts(source: Source, of_amounts: str, *, days: bool) -> dict[str, str]:
    """What is to be asked of which variables."""
    doubts = {name: of_amounts if name in ACCUMULATED else OF_A_DAY for name in source.mapping.variables}
    return {name: why for name, why in doubts.items() if why and (days or name in ACCUMULATED)}


def _without(source: Source, doubts: dict[str, str]) -> Source:
    """The file without what is in doubt, which is set aside."""
    mapping = source.mapping
    if not doubts.keys() < mapping.variables.keys():
        asked = [f"column {mapping.variables[name].source!r}: {why}" for name, why in doubts.items()]
        raise ObservationFileError("; ".join(asked[:MOST_ASKED]))
    for name, why in doubts.items():
        read = _read(source, name)
        there = np.isfinite(read.value) | read.unreadable | read.out_of_bounds
        rows = np.flatnonzero(there & holds(source, mapping.variables[name]))
        source.rejects.add(rows, mapping.value_column or mapping.variables[name].source, why)
    others = {name: variable for name, variable in mapping.variables.items() if name not in doubts}
    return replace(source, mapping=mapping.model_copy(update={"variables": others}))


def _interval(source: Source) -> tuple[str, timedelta]:
    """What is to be asked about the file's amounts, or nothing and their interval."""
    amounts = [_read(source, name) for name in _amounts(source)]
    known = _with_amounts(source)
    time = source.time[known]
    if any(runs_on(source.station[known], time, read.value[known]) for read in amounts):
        return RUNNING, HOUR
    steps = steps_of(source.station[known], time)
    step = HOUR if steps is None else steps.regular
    if not len(time) or (step is not None and step < DAY and not _dates(source)):
        return allowed(step or HOUR)
    if step is None and steps is not None:
        return irregular(steps, "`interval: 1h` (or what it is)"), HOUR
    if "label" not in source.mapping.model_fields_set and _at_midnights(source):
        return WHICH_DAY, HOUR
    return allowed(DAY if steps is None else step or DAY)


def _usual(source: Source) -> timedelta:
    """The step of a file without amounts, an hour where that is not known: gusts of ten minutes have a
    highest in the hour too, and what is stamped at its start ends a step later. A day ends at a stamp that
    only names it if somebody says so.
    """
    known = (source.station >= 0) & (source.time != NAT)
    steps = steps_of(source.station[known], source.time[known])
    step = HOUR if steps is None else steps.regular or HOUR
    named = step >= DAY and "label" not in source.mapping.model_fields_set
    return HOUR if named else allowed(step)[1]


def _with_amounts(source: Source) -> np.ndarray:
    """Mask of the rows of a place and time with any amount: marks of missing values come at the step of the
    other columns, be they -999, "NA" or NaN.
    """
    variables = source.mapping.variables
    amounts = [
        np.isfinite(_read(source, name).value) & holds(source, variables[name]) for name in _amounts(source)
    ]
    return np.logical_or.reduce(amounts) & (source.station >= 0) & (source.time != NAT)


def _at_midnights(source: Source) -> bool:
    rows = np.flatnonzero(_with_amounts(source))
    return midnights(_stamps(source), source.mapping.time, rows, source.time[rows])


def _dates(source: Source) -> bool:
    read = bool((source.time != NAT).any())
    return read and only_days(_stamps(source), source.mapping.time)


def _stamps(source: Source) -> list[pa.Array]:
    return [source.columns[name] for name in source.mapping.time.columns]


def _read(source: Source, name: str) -> Numbers:
    """An amount of each row in the contract's unit."""
    mapping, variable = source.mapping, source.mapping.variables[name]
    marks = [*mapping.missing, *variable.missing]
    field = source.columns[mapping.value_column or variable.source]
    return numbers(field, name, variable.unit, marks, mapping.csv.decimal)
