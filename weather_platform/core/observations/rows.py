"""Hours of single variables put side by side, as rows by the contract.

Belongs here: what a row says of its station, its place, and when it was known. Does not: how hours are made
(hourly).
"""

from collections.abc import Sequence

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
from weather_platform.core.tables.dtypes import TEXT
from weather_platform.core.tables.schema import conform


def rows_of(hours: dict[str, Readings], known: Directory, mapping: Mapping, upload: str) -> pd.DataFrame:
    """UPLOADED_OBSERVATION rows: every station's hours at each of its places, one column per variable."""
    wide = _wide(hours)
    row, pair = fan_out(wide["station"].to_numpy(), known)
    frame = wide.take(row).reset_index(drop=True)
    pairs = known.pairs.take(pair).reset_index(drop=True)
    # The reading that begins on the hour is known only when it has ended.
    waits = (
        mapping.interval
        if any(mapping.hourly(name) == "around" for name in mapping.variables)
        else pd.Timedelta(0)
    )
    # Of a file without amounts an interval says nothing, and would keep other sources' from its rows.
    over = HOUR if mapping.variables.keys().isdisjoint(ACCUMULATED) else mapping.interval
    time = pd.to_datetime(frame["time"], unit="us", utc=True)
    frame = frame.assign(
        upload=upload,
        source=mapping.source,
        station_id=_named(known.ids, frame["station"]),
        location_id=pairs["location_id"],
        distance_km=pairs["distance_km"],
        time=time,
        known_at=time + waits + pd.Timedelta(hours=mapping.delay_hours),
        interval_hours=max(1, over // HOUR),
        quality=_named(QUALITIES, frame["quality"]),
    )
    return conform(frame.drop(columns="station"), UPLOADED_OBSERVATION).reset_index(drop=True)


def _wide(hours: dict[str, Readings]) -> pd.DataFrame:
    """One row per station code and time (µs): `quality` the worst of its values, and a column per
    variable.
    """
    keys = [np.column_stack([part.station, part.time]) for part in hours.values()]
    both = (
        pd.MultiIndex.from_frame(
            pd.DataFrame(np.concatenate([np.empty((0, 2), np.int64), *keys]), columns=["station", "time"])
        )
        .unique()
        .sort_values()
    )
    frame = pd.DataFrame({"quality": np.zeros(len(both), np.int64)})
    for (name, part), key in zip(hours.items(), keys, strict=True):
        where = both.get_indexer(pd.MultiIndex.from_arrays([key[:, 0], key[:, 1]]))
        column = np.full(len(both), np.nan)
        column[where] = part.value
        frame[name] = column
        frame.loc[where, "quality"] = np.maximum(frame["quality"].to_numpy()[where], part.quality)
    return frame.assign(station=both.get_level_values(0), time=both.get_level_values(1))


def _named(names: Sequence[str], codes: pd.Series) -> pd.Series:
    """Texts by code."""
    return pd.Series(pa.array(names, pa.string()).take(pa.array(codes)).to_pandas(), dtype=TEXT)
