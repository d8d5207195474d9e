"""The hours that a forecast's amounts are over.

Belongs here: what a column, the mapping or the step of the rows says of them, and which values nothing says
it of: amounts over nobody knows what, and others of rows that only name a day. Does not: other columns
(core.uploads.forecast_columns), or which step rows have (core.observations.steps).
"""

from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.observations.days import DAY, OF_A_DAY, WHICH_DAY, midnights, only_days
from weather_platform.core.observations.intervals import MOST_ASKED
from weather_platform.core.observations.mapping_rules import HOUR
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.running_sums import RUNNING, runs_on
from weather_platform.core.observations.steps import irregular, steps_of
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.uploads import forecast_columns as read_as
from weather_platform.core.uploads.forecast_mapping import ForecastMapping
from weather_platform.core.uploads.spec import UploadError

_MOST = 10**6
_ODD = (
    "over what time are its amounts? The rows are {} apart, no whole hours up to a day; write `interval: 1h` "
    "(or what it is) into the mapping"
)
_UNSTATED = "an amount over what time? `interval_hours` says no whole hours in its row"


def with_intervals(
    frame: pd.DataFrame, columns: read_as.Columns, mapping: ForecastMapping, rejects: Rejects
) -> pd.DataFrame:
    """The rows with `interval_hours`, and without values that nothing tells it of: those are set aside.

    Raises UploadError where they are all that the file holds.
    """
    amounts = _amounts(mapping)
    stated = mapping.others.get("interval_hours")
    read = bool(frame["valid_time"].notna().any())
    days = read and only_days(_stamps(columns, mapping), mapping.time)
    if stated is not None:
        hours = read_as.plain(columns, stated, mapping.csv.decimal, rejects, len(frame))
        # Rounded, 1.5 hours' rain would count as 2 hours'.
        told, doubt = np.isfinite(hours) & (hours == np.round(hours)), _UNSTATED
        at_midnight = told & (hours <= 1)
    else:
        interval, doubt = _said(frame, columns, mapping) if amounts else (HOUR, "")
        hours, told = np.full(len(frame), interval / HOUR), np.full(len(frame), not doubt)
        at_midnight = np.full(len(frame), mapping.interval is not None and mapping.interval <= HOUR)
    known = dict.fromkeys(amounts, (told, doubt))
    sources = _sources(mapping)
    if days:
        known |= {name: (at_midnight, OF_A_DAY) for name in sources if name not in amounts}
    doubtful = [name for name, (there, _) in known.items() if not there.any()]
    if stated is None and len(frame) and mapping.variables.keys() <= set(doubtful):
        asked = [f"column {sources[name]!r}: {why}" for name, (_, why) in known.items()]
        raise UploadError("; ".join(asked[:MOST_ASKED]))
    for name, (there, why) in known.items():
        untold = ~there & frame[name].notna().to_numpy(bool)
        rejects.add(np.flatnonzero(untold), sources[name], why)
        frame[name] = frame[name].where(there)
    whole = np.where(told, np.clip(hours, -_MOST, _MOST), 1)
    return frame.assign(interval_hours=whole.astype("int64"))


def _amounts(mapping: ForecastMapping) -> list[str]:
    return sorted(mapping.variables.keys() & ACCUMULATED)


def _sources(mapping: ForecastMapping) -> dict[str, str]:
    """The file's column of everything that is said of a row's time."""
    code = {name: column for name, column in mapping.others.items() if name == "weather_code"}
    return {name: variable.source for name, variable in mapping.variables.items()} | code


def _said(frame: pd.DataFrame, columns: read_as.Columns, mapping: ForecastMapping) -> tuple[timedelta, str]:
    """The interval of all amounts, and what is to be asked where that is not known."""
    stamps = _stamps(columns, mapping)
    interval = mapping.interval or HOUR
    if mapping.interval is None:
        amounts = frame[_amounts(mapping)].notna().any(axis=1)
        with_amounts = frame[amounts & frame["valid_time"].notna()]
        time = with_amounts["valid_time"].to_numpy("datetime64[us]").astype("int64")
        series = runs(with_amounts, columns, mapping)
        if any(runs_on(series, time, with_amounts[name].to_numpy(float)) for name in _amounts(mapping)):
            return HOUR, RUNNING
        steps = steps_of(series, time)
        if steps is not None and steps.regular is None:
            return HOUR, irregular(steps, "`interval: 1h` (or a column interval_hours into the file)")
        daily = steps is not None and steps.regular == DAY
        rows = with_amounts.index.to_numpy()
        if only_days(stamps, mapping.time) or (daily and midnights(stamps, mapping.time, rows, time)):
            return HOUR, WHICH_DAY
        interval = steps.regular if steps and steps.regular else HOUR
    return interval, _ODD.format(interval) if interval % HOUR or interval > DAY else ""


def _stamps(columns: read_as.Columns, mapping: ForecastMapping) -> list[pa.Array]:
    return [columns[name] for name in mapping.time.columns]


def runs(frame: pd.DataFrame, columns: read_as.Columns, mapping: ForecastMapping) -> np.ndarray:
    """A code for each row's feed, run and place, as the file writes them."""
    at = mapping.stations
    names = [name for name in (at.column, at.latitude, at.longitude) if name is not None]
    places = {name: read_as.text(columns[name]).iloc[frame.index] for name in names}
    run = frame[[name for name in ("feed", "issue_time", "fetched_at") if name in frame]]
    series = run.assign(**places)
    return series.groupby(list(series.columns), dropna=False).ngroup().to_numpy()
