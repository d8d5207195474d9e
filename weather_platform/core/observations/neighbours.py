"""The check of measurements against the stations nearby: Båserud et al. 2020 (TITAN), the buddy check.

Belongs here: who is whose neighbour, and how far a value may be from theirs. Does not: checks of a series by
itself (checks).
"""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from weather_platform.core.observations.series import LAPSE_K_PER_M, Failed, Hours
from weather_platform.core.sphere import EARTH_RADIUS_KM, unit_vectors

# Difference from the neighbours' median beyond this, and beyond three times their own spread.
BUDDY_LIMITS = {"temperature_c": 8.0, "dew_point_c": 10.0, "pressure_msl_hpa": 6.0}
BUDDY_KM, BUDDY_HEIGHT_M, BUDDIES, FEWEST_BUDDIES = 150.0, 600.0, 8, 3


def neighbours(rows: pd.DataFrame, hours: Hours) -> Failed:
    """Values far from the median of the eight nearest stations that report that hour, within 150 km and 600 m
    of height, brought to the station's height by 6.5 K/km. At least three must report.

    Who is silent is nobody's neighbour, so that an hour is judged the same whatever else is judged with it.
    """
    for column, limit in BUDDY_LIMITS.items():
        value = hours.lay(rows[column].to_numpy(np.float64))
        near = _within_reach(hours, ~np.isnan(value).all(axis=1))
        if near.shape[1] < FEWEST_BUDDIES:
            continue
        lapse = LAPSE_K_PER_M if column != "pressure_msl_hpa" else 0.0
        theirs = _reported(value, lapse * hours.elevation_m, near)
        enough = (~np.isnan(theirs)).sum(axis=1) >= FEWEST_BUDDIES
        theirs = np.where(enough[:, None, :], theirs, 0.0)
        middle = np.nanmedian(theirs, axis=1)
        spread = 1.4826 * np.nanmedian(np.abs(theirs - middle[:, None, :]), axis=1)
        off = np.abs(value - middle) > np.maximum(limit, 3 * spread)
        yield column, f"more than {limit:g} from its neighbours' median at this height", enough & off


def _within_reach(hours: Hours, reporting: np.ndarray) -> np.ndarray:
    """Series × as many as any has: the other places' series within reach that ever report, the nearest first,
    −1 beyond them."""
    known = np.flatnonzero(reporting & ~np.isnan(hours.latitude))
    points = unit_vectors(hours.latitude[known], hours.longitude[known])
    if not len(known):
        return np.full((hours.shape[0], 0), -1)
    pairs = cKDTree(points).query_pairs(BUDDY_KM / EARTH_RADIUS_KM, output_type="ndarray")
    chord = np.sqrt(((points[pairs[:, 0]] - points[pairs[:, 1]]) ** 2).sum(axis=1))
    rise = np.abs(np.diff(hours.elevation_m[known][pairs], axis=1))[:, 0]
    near = (chord > 1e-9) & (rise <= BUDDY_HEIGHT_M)  # other sources at the same place are no neighbours
    one, other = known[np.concatenate([pairs[near], pairs[near, ::-1]])].T
    # To a centimetre: of two that are as far, the one first by name, whatever the last bits of a cosine are.
    order = np.lexsort((other, np.tile(chord[near].round(9), 2), one))
    one, other = one[order], other[order]
    place = np.arange(len(one)) - np.searchsorted(one, one)
    found = np.full((hours.shape[0], place.max(initial=-1) + 1), -1)
    found[one, place] = other
    return found


def _reported(value: np.ndarray, height: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Series × BUDDIES × hour: what the nearest of `near` that have a value report, NaN where there are
    fewer. `height` is what a value loses by its series' elevation.

    The nearest of all series are asked first, then the second, until nobody lacks one: eight times, mostly.
    """
    taken = np.full((value.shape[0], BUDDIES, value.shape[1]), np.nan)
    count = np.zeros(value.shape, dtype=np.int64)
    for asked in near.T:
        short = np.flatnonzero((asked >= 0) & (count < BUDDIES).any(axis=1))
        if not len(short):
            break
        other = asked[short]
        said = value[other] + (height[other] - height[short])[:, None]
        series, hour = np.nonzero(~np.isnan(said) & (count[short] < BUDDIES))
        at = short[series], hour
        taken[at[0], count[at], at[1]] = said[series, hour]
        count[at] += 1
    return taken
