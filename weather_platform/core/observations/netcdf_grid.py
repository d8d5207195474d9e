"""Grids in NetCDF: latitude and longitude are axes, and of all their points only the nearest to places are
read.

Belongs here: which points those are, and a dataset of them alone. Does not: rows (table_netcdf).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from weather_platform.core.observations.points import closest
from weather_platform.core.observations.table_spec import Limits, ObservationFileError, check_size

if TYPE_CHECKING:
    import xarray

_POINT = "point"
# A file is read by rectangles, so points are taken few at a time.
_AT_ONCE = 32
# 30 seconds of arc around the globe are 43,200; and what looking for the nearest costs of each point.
_MOST_OF_AN_AXIS = 50_000
_SEARCH_BYTES = 100


def is_grid(dataset: "xarray.Dataset", latitude: str, longitude: str) -> bool:
    """Whether the two span a grid: an axis each, or both over the same two dimensions."""
    dims = [dataset[name].dims for name in (latitude, longitude)]
    crossed = all(len(found) == 1 for found in dims) and dims[0] != dims[1]
    return crossed or (len(dims[0]) == 2 and dims[0] == dims[1])


def check(dataset: "xarray.Dataset", latitude: str, longitude: str, limits: Limits) -> None:
    """Raises ObservationFileError for a grid of more points than can be searched."""
    for name in (latitude, longitude):
        if dataset[name].ndim == 1 and dataset[name].size > _MOST_OF_AN_AXIS:
            raise ObservationFileError(
                f"axis {name!r:.80} has {dataset[name].size} points, more than the {_MOST_OF_AN_AXIS} "
                "allowed; cut the grid to the region of the places"
            )
    check_size(max(dataset[latitude].size, dataset[longitude].size) * _SEARCH_BYTES, limits)


def near(
    dataset: "xarray.Dataset", latitude: str, longitude: str, panel: pd.DataFrame
) -> "Iterator[xarray.Dataset]":
    """Datasets in which a dimension of points stands for the grid, each point the nearest to some place."""
    import xarray  # noqa: PLC0415 - an optional extra

    index = _index(dataset[latitude].to_numpy(), dataset[longitude].to_numpy(), panel)
    dims = dict.fromkeys((*dataset[latitude].dims, *dataset[longitude].dims))
    for first in range(0, len(index), _AT_ONCE):
        some = index[first : first + _AT_ONCE].T
        yield dataset.isel({dim: xarray.DataArray(i, dims=_POINT) for dim, i in zip(dims, some, strict=True)})


def _index(latitude: np.ndarray, longitude: np.ndarray, panel: pd.DataFrame) -> np.ndarray:
    """Row and column of each point on the grid, n × 2, each once."""
    if latitude.ndim == 2:
        there = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))  # swaths have empty corners
        at, _ = closest(latitude.ravel()[there], longitude.ravel()[there], panel)
        return np.unique(np.column_stack(np.unravel_index(there[at], latitude.shape)), axis=0)
    # On a parallel the nearest meridian is the nearest point; along it the nearest parallel is looked for.
    column = np.array([_nearest_meridian(longitude, place) for place in panel["longitude"].astype(float)])
    row = np.empty(len(panel), np.int64)
    for meridian in np.unique(column):
        here = column == meridian
        row[here], _ = closest(latitude, np.full(len(latitude), longitude[meridian]), panel[here])
    return np.unique(np.column_stack([row, column]), axis=0)


def _nearest_meridian(longitude: np.ndarray, place: float) -> int:
    return int(np.abs((longitude - place + 180) % 360 - 180).argmin())
