"""Hours of single variables put side by side, as rows by the contract.

Belongs here: what a row says of its station, its place, and when it was known. Does not: how hours are made
(hourly).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.core.observations.hourly import Readings
from weather_platform.core.observations.mapping import Mapping
from weather_platform.core.observations.mapping_rules import HOUR
from weather_platform.core.observations.readings import QUALITIES
from weather_platform.core.observations.stations import Directory, fan_out
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.tables.dtypes import to_frame
from weather_platform.core.tables.schema import arrow_schema, conform

_HOUR_US = HOUR // pd.Timedelta(microseconds=1)


class _Wide(NamedTuple):
    """Hours in order of station code and time (µs), `quality` the worst of their values."""

    station: np.ndarray
    time: np.ndarray
    quality: np.ndarray
    values: dict[str, np.ndarray]


def rows_of(
    hours: dict[str, Readings], known: Directory, mapping: Mapping, upload: str, *, between: bool = False
) -> pd.DataFrame:
    """UPLOADED_OBSERVATION rows: every station's hours at each of its places, one column per variable.
    `between` says that hours were made of readings before and after them.
    """
    wide = _wide(hours)
    row, pair = fan_out(wide.station, known)
    # The reading that begins on the hour, or before it, is known only when it has ended.
    around = any(mapping.hourly(name) == "around" for name in mapping.variables)
    waits = mapping.interval if around or between else pd.Timedelta(0)
    # Of a file without amounts an interval says nothing, and would keep other sources' from its rows.
    over = HOUR if mapping.variables.keys().isdisjoint(ACCUMULATED) else mapping.interval
    known_after = (waits + pd.Timedelta(hours=mapping.delay_hours)) // pd.Timedelta(microseconds=1)
    time = wide.time[row]
    columns = {
        "upload": pa.repeat(upload, len(row)),
        "source": pa.repeat(mapping.source, len(row)),
        "station_id": _named(known.ids, wide.station[row]),
        "location_id": known.pairs["location_id"].to_numpy(object)[pair],
        "distance_km": known.pairs["distance_km"].to_numpy(float)[pair],
        "time": time,
        "known_at": time + known_after,
        "interval_hours": np.full(len(row), max(1, over // HOUR)),
        "quality": _named(QUALITIES, wide.quality[row]),
        **{name: value[row] for name, value in wide.values.items()},
    }
    return conform(to_frame(_table(columns, len(row))), UPLOADED_OBSERVATION).reset_index(drop=True)


def _table(columns: dict[str, pa.Array | np.ndarray], rows: int) -> pa.Table:
    """The contract's columns, null where none is given. In Arrow: a small file costs what its columns do, and
    each of them costs pandas ten times as much.
    """
    schema, nothing = arrow_schema(UPLOADED_OBSERVATION), pa.nulls(rows)
    arrays = [pa.array(columns.get(field.name, nothing)).cast(field.type) for field in schema]
    return pa.table(arrays, schema)


def _wide(hours: dict[str, Readings]) -> _Wide:
    parts = list(hours.values())
    station = np.concatenate([np.empty(0, np.int64), *(part.station for part in parts)])
    hour = np.concatenate([np.empty(0, np.int64), *(part.time for part in parts)]) // _HOUR_US
    first, last = (hour.min(), hour.max()) if len(hour) else (0, 0)
    span = last - first + 1
    both, where = np.unique(station * span + hour - first, return_inverse=True)
    quality = np.zeros(len(both), np.int64)
    values, begin = {}, 0
    for name, part in hours.items():
        at = where[begin : (begin := begin + len(part.time))]
        values[name] = np.full(len(both), np.nan)
        values[name][at] = part.value
        quality[at] = np.maximum(quality[at], part.quality)
    return _Wide(both // span, (both % span + first) * _HOUR_US, quality, values)


def _named(names: Sequence[str], codes: np.ndarray) -> pa.Array:
    """Texts by code."""
    return pa.array(names, pa.string()).take(pa.array(codes))
