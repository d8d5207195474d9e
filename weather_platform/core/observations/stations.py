"""Which places a station is truth for, and how far away they are.

Belongs here: station codes, the fan-out from stations to places. Does not: readings.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.observations.mapping import Stations
from weather_platform.core.sphere import great_circle_km
from weather_platform.core.tables.dtypes import TEXT


@dataclass(frozen=True)
class Directory:
    """Stations known to a mapping by code (position in `ids`), and their places: row i of `pairs` joins a
    station code with a `location_id` and a `distance_km` (null where either position is unknown); sorted by
    station code.
    """

    ids: list[str]
    pairs: pd.DataFrame


def directory(stations: Stations, field: pa.Array | None, panel: pd.DataFrame | None) -> Directory:
    """The stations of a mapping. Without a table every id in `field` is a place, measured at no known
    distance.
    """
    if stations.table is None:
        present = _trimmed(field).unique().drop_null().to_pylist() if field is not None else []
        pairs = pd.DataFrame({"station": range(len(present)), "location_id": pd.Series(present, dtype=TEXT)})
        return Directory(present, pairs.assign(distance_km=np.nan))
    rows = [
        (code, place, station.latitude, station.longitude)
        for code, station in enumerate(stations.table.values())
        for place in station.locations
    ]
    pairs = pd.DataFrame(rows, columns=["station", "location_id", "latitude", "longitude"])
    pairs = pairs.astype({"location_id": TEXT, "latitude": float, "longitude": float})
    distance = np.full(len(pairs), np.nan)
    if panel is not None:
        there = panel.set_index("location_id")[["latitude", "longitude"]].reindex(pairs["location_id"])
        distance = great_circle_km(
            pairs["latitude"].to_numpy(),
            pairs["longitude"].to_numpy(),
            there["latitude"].to_numpy(),
            there["longitude"].to_numpy(),
        )
    return Directory(list(stations.table), pairs[["station", "location_id"]].assign(distance_km=distance))


def station_codes(field: pa.Array | None, ids: list[str], rows: int) -> np.ndarray:
    """Per row the position of its station in `ids`; −1 for one that is not there."""
    if field is None:
        return np.zeros(rows, dtype=np.int64)
    found = pc.fill_null(pc.index_in(_trimmed(field), value_set=pa.array(ids, pa.string())), -1)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)


def fan_out(station: np.ndarray, known: Directory) -> tuple[np.ndarray, np.ndarray]:
    """Rows by station → rows by place: (position of the row, position of the pair) for each row and each of
    its places.
    """
    counts = np.bincount(known.pairs["station"], minlength=len(known.ids))
    repeats = counts[station]
    row = np.repeat(np.arange(len(station)), repeats)
    within = np.arange(len(row)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    first = np.cumsum(counts) - counts
    return row, first[station[row]] + within


def _trimmed(field: pa.Array) -> pa.Array:
    """Ids without spaces around them; null where nothing is left, which is no place."""
    text = pc.utf8_trim_whitespace(field.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)
