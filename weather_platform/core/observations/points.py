"""Which point of a grid, or of scattered positions, is truth for which place: the nearest, within a limit.

Belongs here: distances, and the choice. Does not: stations with names (stations), or any format.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.observations.mapping import Stations
from weather_platform.core.observations.stations import Directory, directory, station_codes
from weather_platform.core.observations.table_spec import ObservationFileError, Opened, check_columns
from weather_platform.core.observations.values import with_point
from weather_platform.core.sphere import EARTH_RADIUS_KM
from weather_platform.core.tables.dtypes import TEXT


def positions(field: pa.Array, decimal: str = ".") -> np.ndarray:
    """A column of degrees as numbers; NaN for what is none."""
    field = with_point(field, decimal)
    text = field.cast(pa.string()).to_pandas() if not pa.types.is_floating(field.type) else field.to_pandas()
    return pd.to_numeric(text, errors="coerce").to_numpy(float)


def nearest(
    latitude: np.ndarray, longitude: np.ndarray, panel: pd.DataFrame, within_km: float
) -> tuple[Directory, np.ndarray]:
    """Points as stations of the places (LOCATIONS) that they are nearest to, and of each row its point's
    code; −1 for rows at no such point. Longitudes may count from −180 or from 0.

    Raises ObservationFileError where no place has a point within `within_km`.
    """
    usable = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 360)
    code, points = pd.factorize(np.where(usable, latitude + 1j * longitude, np.nan))
    if not len(points) or not len(panel):
        raise ObservationFileError("no row has a usable latitude and longitude in degrees")
    at, km = closest(points.real, points.imag, panel)
    near = km <= within_km
    if not near.any():
        best = int(np.argmin(km))
        raise ObservationFileError(
            f"no point within {within_km:g} km of any place; the nearest is {km[best]:.0f} km from "
            f"{panel['location_id'].iloc[best]}; to take it, write within_km into stations of the mapping"
        )
    chosen = np.unique(at[near])
    pairs = pd.DataFrame(
        {
            "station": np.searchsorted(chosen, at[near]),
            "location_id": panel["location_id"].to_numpy(object)[near],
            "distance_km": km[near],
        }
    ).astype({"location_id": TEXT})
    names = [f"{points[i].real:g},{points[i].imag:g}" for i in chosen]
    renumbered = np.full(len(points) + 1, -1)
    renumbered[chosen] = np.arange(len(chosen))
    pairs = pairs.sort_values("station", kind="stable", ignore_index=True)
    return Directory(names, pairs), renumbered[code]


def closest(
    latitude: np.ndarray, longitude: np.ndarray, panel: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """For each place the index of the closest of the points (great circle), and how far away it is, km."""
    from sklearn.neighbors import BallTree  # noqa: PLC0415 - takes a second, and few files need it

    tree = BallTree(np.radians(np.column_stack([latitude, longitude])), metric="haversine")
    distance, found = tree.query(np.radians(panel[["latitude", "longitude"]].to_numpy(float)), k=1)
    return found[:, 0], distance[:, 0] * EARTH_RADIUS_KM


def located(
    stations: Stations,
    columns: Mapping[str, pa.Array],
    panel: pd.DataFrame | None,
    rows: int,
    decimal: str = ".",
) -> tuple[Directory, np.ndarray]:
    """Stations or points of a file, and of each row its code among them; −1 for one that is not there."""
    if stations.latitude is None or stations.longitude is None:
        field = columns.get(stations.column or "")
        known = directory(stations, field, panel)
        return known, station_codes(field, known.ids, rows)
    if panel is None:
        raise ObservationFileError("positions need a panel of places; give one")
    at = [positions(columns[name], decimal) for name in (stations.latitude, stations.longitude)]
    return nearest(at[0], at[1], panel, stations.within_km)


def opened_near(opened: Opened, stations: Stations, panel: pd.DataFrame | None) -> Opened:
    """The file with only the points that are nearest to places, where it is a grid."""
    if opened.near is None or panel is None or stations.latitude is None or stations.longitude is None:
        return opened
    check_columns(opened.names, [stations.latitude, stations.longitude])
    return opened.near(stations.latitude, stations.longitude, panel)
