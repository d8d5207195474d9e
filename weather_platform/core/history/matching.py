"""Which stations are a place's: the nearest on the sphere, within limits of distance and height.

Belongs here: the rule, and why a station is not taken. Does not: lists of stations, or what is read from
them. A hundred metres of height count like ten kilometres of distance: temperature falls by some 0.65 °C over
the one, which flat country takes far more than the other to show.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.neighbors import BallTree

from weather_platform.core.contracts.archives import STATION_MATCH
from weather_platform.core.sphere import EARTH_RADIUS_KM
from weather_platform.core.tables.schema import conform, empty

KM_PER_HEIGHT_M = 0.1
_SEEN = 12  # nearest stations that are looked at for a place
_LAG = pd.Timedelta(days=60)  # so long before its archive's list ends a station may have reported last


class Limits(NamedTuple):
    """How far away and how much higher or lower a station may be, and how many are taken for a place."""

    distance_km: float = 50.0
    height_m: float = 300.0
    stations: int = 3


def alive(stations: pd.DataFrame, first: pd.Timestamp, listed: pd.DataFrame) -> pd.DataFrame:
    """Those of `stations` (STATION) that may report from `first` on: that have reported since, or about as
    long as their archive's list reaches. A list is days to months old, and says nothing of days after it.

    Some lists name no days, and every station that ever was. Of an archive of which `listed` (LISTING) holds
    files from the year of `first` on, those without one are left out.
    """
    shortly_before_its_end = stations.groupby("archive")["last_day"].transform("max") - _LAG
    ended = (stations["last_day"] < first) & (stations["last_day"] < shortly_before_its_end)
    files = listed[listed["year"] >= f"{first:%Y}"]
    known = stations["archive"].isin(files["archive"])
    names = ["archive", "station_id"]
    there = pd.MultiIndex.from_frame(stations[names].astype(object)).isin(
        pd.MultiIndex.from_frame(files[names].astype(object))
    )
    return stations[~ended & ~(known & ~there)]


def match(stations: pd.DataFrame, places: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """STATION_MATCH rows of one archive's `stations` (STATION) and `places` (LOCATIONS).

    Of a place's nearest stations those within the limits come first, by distance and height together; the
    others follow with the reason, so that a place without a station shows how far the nearest is. Stations or
    places without a height are matched by distance alone.
    """
    if not len(stations) or not len(places):
        return empty(STATION_MATCH)
    tree = BallTree(_radians(stations), metric="haversine")
    count = min(_SEEN, len(stations))
    distance, found = tree.query(_radians(places), k=count)
    place = np.repeat(np.arange(len(places)), count)
    near, there = (
        stations.iloc[found.ravel()].reset_index(drop=True),
        places.iloc[place].reset_index(drop=True),
    )
    km = distance.ravel() * EARTH_RADIUS_KM
    height = (near["elevation_m"] - there["elevation_m"]).to_numpy()
    reason = _reasons(km, height, limits)
    taken = reason == ""
    cost = km + KM_PER_HEIGHT_M * np.abs(np.nan_to_num(height))
    order = np.lexsort((near["station_id"].to_numpy(object), cost, ~taken, place))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) % count + 1
    beyond = taken & (rank > limits.stations)
    reason[beyond] = f"{limits.stations} nearer ones are taken"
    frame = pd.DataFrame(
        {
            "archive": near["archive"],
            "location_id": there["location_id"],
            "place": there["name"],
            "rank": rank,
            "station_id": near["station_id"],
            "station": near["name"],
            "distance_km": km,
            "height_difference_m": height,
            "used": taken & ~beyond,
            "reason": reason,
        }
    )
    return conform(frame[rank <= max(limits.stations, 1)], STATION_MATCH).reset_index(drop=True)


def _radians(frame: pd.DataFrame) -> np.ndarray:
    return np.radians(frame[["latitude", "longitude"]].to_numpy(float))


def _reasons(km: np.ndarray, height: np.ndarray, limits: Limits) -> np.ndarray:
    reason = np.full(len(km), "", dtype=object)
    with np.errstate(invalid="ignore"):
        steep = np.abs(height) > limits.height_m
    reason[steep] = f"more than {limits.height_m:g} m higher or lower"
    reason[km > limits.distance_km] = f"farther than {limits.distance_km:g} km"
    return reason
