"""How scores are cut: by lead, by region of the world, by season.

Belongs here: the cuts and their names, which sort as they should be read. Does not: any score. A promotion
and the leaderboard cut alike, so that what is held against a model is what users see.
"""

import numpy as np
import pandas as pd

LEAD_EDGES = (24.0, 48.0, 72.0, 96.0, 120.0, 168.0, 240.0)  # hours; the last bucket is open
LEAD_BUCKETS = (
    "000-024",
    "024-048",
    "048-072",
    "072-096",
    "096-120",
    "120-168",
    "168-240",
    "240+",
)
ALL_LEADS = "all"
SEASONS = ("winter", "spring", "summer", "autumn")
_SECTORS = ("Americas", "Europe and Africa", "Asia and Oceania")
_WEST, _EAST = -30.0, 60.0  # mid-Atlantic; the Urals and the Gulf of Oman
_BELTS = ("tropics", "subtropics", "mid-latitudes", "polar")
_BELT_EDGES = (23.4, 35.0, 60.0)  # degrees: the tropic, the subtropical highs, the polar front


def lead_bucket(lead_hours: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """Name of the bucket of each lead, of at least its first hour and less than its last."""
    return _named(LEAD_BUCKETS, np.searchsorted(LEAD_EDGES, lead_hours, side="right"))


def lead_label(bucket: str) -> str:
    """A lead bucket (`000-024`), or ALL_LEADS, as people write it, the same in tables and in pictures."""
    ends = [end.lstrip("0") or "0" for end in bucket.split("-")]
    return "all leads" if bucket == ALL_LEADS else "–".join(ends) + " h"


def region(latitude: np.ndarray, longitude: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """Region of each place, in degrees: a belt of climate in a third of the world, as `Americas, tropics` or
    `Asia and Oceania, mid-latitudes S`."""
    belt = np.searchsorted(_BELT_EDGES, np.abs(latitude), side="right")
    sector = np.searchsorted((_WEST, _EAST), (longitude + 180.0) % 360.0 - 180.0, side="right")
    south = (latitude < 0).astype(np.int64)
    return _named(_REGIONS, (sector * len(_BELTS) + belt) * 2 + south)


def season(time: pd.Series, latitude: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """Season of each time at its place: December is winter in the north and summer in the south."""
    month = time.dt.month.to_numpy(np.int64) + np.where(latitude < 0, 6, 0)
    return _named(SEASONS, month % 12 // 3)


def _region_name(sector: str, belt: str, south: bool) -> str:
    half = "" if belt == _BELTS[0] else " S" if south else " N"
    return f"{sector}, {belt}{half}"


_REGIONS = tuple(
    _region_name(sector, belt, south) for sector in _SECTORS for belt in _BELTS for south in (False, True)
)


def _named(names: tuple[str, ...], index: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array(names, dtype=pd.StringDtype("pyarrow")).take(index)
