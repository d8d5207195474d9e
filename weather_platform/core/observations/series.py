"""Rows of measurements as arrays of series × hour, a series being one station of one source at one place.

Belongs here: where each row stands. Does not: any check (checks, neighbours).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

LAPSE_K_PER_M = 0.0065
_HOUR_US = 3_600_000_000
# Of a check: column, reason, and which values fail it, as series × hour.
Failed = Iterator[tuple[str, str, np.ndarray]]


@dataclass(frozen=True)
class Hours:
    """Rows laid out as series × hour: where each row stands, and its place's coordinates by series."""

    series: np.ndarray
    hour: np.ndarray
    shape: tuple[int, int]
    first_hour: int
    latitude: np.ndarray
    longitude: np.ndarray
    elevation_m: np.ndarray

    def lay(self, values: np.ndarray) -> np.ndarray:
        """Values by row as series × hour, NaN where there is no row."""
        dense = np.full(self.shape, np.nan)
        dense[self.series, self.hour] = values
        return dense


def hours_of(rows: pd.DataFrame, places: pd.DataFrame) -> Hours:
    """Where the rows (OBSERVATION, at least one) stand, from the first hour of the first UTC day on. Those of
    places that `places` (LOCATIONS) does not have are without coordinates.
    """
    names = rows[["location_id", "station_id", "source"]].astype(object)
    series = names.groupby(["location_id", "station_id", "source"], sort=True).ngroup().to_numpy()
    time = rows["time"].to_numpy("datetime64[us]").astype(np.int64) // _HOUR_US
    first = int(time.min()) // 24 * 24
    count = int(series.max()) + 1
    of_series = np.empty(count, dtype=object)
    of_series[series] = names["location_id"].to_numpy()
    known = places.drop_duplicates("location_id").set_index("location_id").reindex(of_series)
    where = {
        name: known[name].to_numpy(np.float64, na_value=np.nan)
        for name in ("latitude", "longitude", "elevation_m")
    }
    where["elevation_m"] = np.nan_to_num(where["elevation_m"])
    return Hours(series, time - first, (count, int(time.max()) - first + 1), first, **where)
