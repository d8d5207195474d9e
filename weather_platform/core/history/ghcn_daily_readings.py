"""What GHCN-Daily's files hold whatever their layout: one value of a station, day and element after another.

Belongs here: the form that every layout is read into. Does not: the layouts (ghcn_daily_dialects,
ghcn_daily_tables), or what elements and flags mean (ghcn_daily).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

MISSING = -9999


class Readings(NamedTuple):
    """One entry per reading. `station` and `element` are positions in the names (−1: none), `day` is
    datetime64[D], `value` as on the wire, `measurement` and `quality` flags as bytes, blank for none. `texts`
    gives the fields that the values at some positions were read from.
    """

    stations: list[str]
    elements: list[str]
    station: np.ndarray
    day: np.ndarray
    element: np.ndarray
    value: np.ndarray
    measurement: np.ndarray
    quality: np.ndarray
    unreadable: np.ndarray
    malformed: list[tuple[int, str]]
    texts: Callable[[np.ndarray], list[str | None]]
