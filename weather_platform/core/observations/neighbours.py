"""The check of measurements against the stations nearby: Båserud et al. 2020 (TITAN), the buddy check.

Belongs here: who is whose neighbour, and how far a value may be from theirs. Does not: checks of a series by
itself (checks).
"""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from weather_platform.core.observations.series import LAPSE_K_PER_M, Failed, Hours

# Difference from the neighbours' median beyond this, and beyond three times their own spread.
BUDDY_LIMITS = {"temperature_c": 8.0, "dew_point_c": 10.0, "pressure_msl_hpa": 6.0}
BUDDY_KM, BUDDY_HEIGHT_M, BUDDIES, FEWEST_BUDDIES = 150.0, 600.0, 8, 3
_EARTH_KM = 6371.0


def neighbours(rows: pd.DataFrame, hours: Hours) -> Failed:
    """Values far from the median of up to eight stations within 150 km and 600 m of height, brought to the
    station's height by 6.5 K/km. At least three must report."""
    index = _buddies(hours)
    if (index >= 0).sum(axis=1).max(initial=0) < FEWEST_BUDDIES:
        return
    rise = np.where(index >= 0, hours.elevation_m[index] - hours.elevation_m[:, None], np.nan)
    for column, limit in BUDDY_LIMITS.items():
        value = hours.lay(rows[column].to_numpy(np.float64))
        lapse = LAPSE_K_PER_M if column != "pressure_msl_hpa" else 0.0
        theirs = np.where((index >= 0)[:, :, None], value[index] + lapse * rise[:, :, None], np.nan)
        enough = (~np.isnan(theirs)).sum(axis=1) >= FEWEST_BUDDIES
        theirs = np.where(enough[:, None, :], theirs, 0.0)
        middle = np.nanmedian(theirs, axis=1)
        spread = 1.4826 * np.nanmedian(np.abs(theirs - middle[:, None, :]), axis=1)
        off = np.abs(value - middle) > np.maximum(limit, 3 * spread)
        yield column, f"more than {limit:g} from its neighbours' median at this height", enough & off


def _buddies(hours: Hours) -> np.ndarray:
    """Series × BUDDIES: the nearest other places' series within reach, −1 where there are fewer."""
    known = np.flatnonzero(~np.isnan(hours.latitude))
    found = np.full((hours.shape[0], BUDDIES), -1)
    if len(known) <= FEWEST_BUDDIES:
        return found
    phi, lam = np.radians(hours.latitude[known]), np.radians(hours.longitude[known])
    points = np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    # Other heights, and other sources at the same place, take up some of the nearest.
    count = min(len(known), 3 * BUDDIES)
    chord, near = cKDTree(points).query(points, k=count, distance_upper_bound=BUDDY_KM / _EARTH_KM)
    there = np.isfinite(chord) & (chord > 1e-9)
    height = hours.elevation_m[known]
    nearest = np.where(there, near, 0)
    there &= np.abs(height[nearest] - height[:, None]) <= BUDDY_HEIGHT_M
    order = np.argsort(~there, axis=1, kind="stable")[:, :BUDDIES]
    picked = np.where(
        np.take_along_axis(there, order, axis=1), known[np.take_along_axis(nearest, order, axis=1)], -1
    )
    found[known, : picked.shape[1]] = picked
    return found
