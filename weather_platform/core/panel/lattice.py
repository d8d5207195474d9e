"""A global panel: points of a Fibonacci lattice, each of which stands for the same area of the sphere.

Belongs here: where the points lie, what they are called, and how many a budget of calls allows. Does not:
which points are land (the mask is passed in), or the user's own sites (core.panel.places_file).

Point i of n lies at sin(latitude) = 1 − (2i + 1)/n and at longitude i·360°/φ, φ the golden ratio (Swinbank
and Purser 2006, doi:10.1256/qj.05.227; González 2010, doi:10.1007/s11004-009-9257-x). Latitudes drawn
uniformly would crowd the poles; uniform steps of sin(latitude) do not, and the golden angle never repeats a
meridian.
A point's id names n and i, so that it means the same place for ever: the panel is never rotated, since a
place seen once can never be verified.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.panel.plan import weight_of
from weather_platform.core.places import Place
from weather_platform.core.providers.spec import Horizon, Provider
from weather_platform.core.tables.schema import conform

MOST_POINTS = 1_000_000
CYCLES_PER_DAY = 4
# Shares of the weight of a request that carries several places even out over this many.
_SAMPLE = 1000

Mask = Callable[[np.ndarray, np.ndarray], np.ndarray]


class LatticeError(ValueError):
    """A lattice that cannot be made; the message says why and what to ask for instead."""


def fibonacci(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes of all points of the lattice, degrees, from north to south.

    Longitudes are in [−180, 180). Raises LatticeError for a number that is not 1 to MOST_POINTS.
    """
    if not 1 <= points <= MOST_POINTS:
        raise LatticeError(f"{points} points: ask for 1 to {MOST_POINTS}")
    index = np.arange(points)
    latitude = np.degrees(np.arcsin(1 - (2 * index + 1) / points))
    golden = (1 + np.sqrt(5)) / 2
    longitude = (360 * np.mod(index / golden, 1) + 180) % 360 - 180
    return latitude, longitude


def lattice(points: int, keep: Mask | None = None) -> pd.DataFrame:
    """LOCATIONS rows of the lattice of `points`; of those alone where `keep(latitude, longitude)` is true.

    Coordinates have four decimals (11 m), as providers take them.
    """
    latitude, longitude = (np.round(degrees, 4) for degrees in fibonacci(points))
    kept = np.flatnonzero(keep(latitude, longitude)) if keep else np.arange(points)
    width = len(str(points - 1))
    ids = [f"lattice-{points}-{i:0{width}d}" for i in kept]
    frame = {"location_id": ids, "latitude": latitude[kept], "longitude": longitude[kept]}
    return conform(pd.DataFrame(frame), LOCATIONS)


def largest(most: int, keep: Mask | None = None) -> int:
    """The number of points of a lattice of which at most `most` are kept, and few fewer.

    Raises LatticeError where `most` is below one.
    """
    if most < 1:
        raise LatticeError("the budget leaves no call for a lattice point; raise it or give fewer own places")
    if keep is None:
        return min(most, MOST_POINTS)
    # Every point stands for the same area, so the share kept is nearly the same for any number of points.
    share = max(float(keep(*fibonacci(100_000)).mean()), 1e-5)
    points = min(int(most / share), MOST_POINTS)
    while points > 1 and (over := int(keep(*fibonacci(points)).sum()) - most) > 0:
        points -= max(1, int(over / share))
    return points


def affordable(provider: Provider, horizon: Horizon, calls_per_day: float) -> int:
    """How many places a provider can be asked about in every cycle with so many (weighted) calls a day."""
    latitude, longitude = fibonacci(_SAMPLE)
    sample = [
        Place(str(i), float(lat), float(lon))
        for i, (lat, lon) in enumerate(zip(latitude, longitude, strict=True))
    ]
    weight = weight_of(provider.requests(sample, horizon)) / _SAMPLE
    return int(calls_per_day / (CYCLES_PER_DAY * weight))
