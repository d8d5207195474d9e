"""Several sources' measurements as one truth per place and hour, with where each value came from.

Belongs here: which source stands, what fills its gaps, and values set aside by the checks. Does not: the
checks themselves, or which of two versions of a file counts (merge).

Of the sources that a place has at an hour, the first stands: those not marked suspect before those that
are, then by the stated preference, then good before unchecked, then the nearest, then by name. Variables
that it lacks are taken from the next source that has them, wind and precipitation each as a whole, so
that a gust never belongs to another wind. Of precipitation it also lacks what is over more hours than can be
compared (core.grid), where another source has fewer; `interval_hours` is that of the amounts taken. `filled`
says what came from elsewhere.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.core.observations.checks import implausible
from weather_platform.core.observations.merge import QUALITY_ORDER
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.variables import STEP_HOURS, WEATHER
from weather_platform.core.tables.schema import conform, empty

_TOGETHER = (
    ("wind_speed_m_s", "wind_direction_deg", "wind_gust_m_s"),
    ("precipitation_mm", "rain_mm", "snowfall_water_mm"),
)
_GROUPED = {name for group in _TOGETHER for name in group}
FAMILIES = (*_TOGETHER, *((column.name,) for column in WEATHER if column.name not in _GROUPED))
_KEY = ["location_id", "time"]


class Reconciled(NamedTuple):
    """`rows` as RECONCILED; `quarantine` (QUARANTINE) has the values that failed a check."""

    rows: pd.DataFrame
    quarantine: pd.DataFrame


def reconcile(rows: pd.DataFrame, places: pd.DataFrame, preference: Sequence[str]) -> Reconciled:
    """One row per place and time of `rows` (OBSERVATION, one per place, time and source).

    `preference` names sources, the best first; others follow them. `places` as LOCATIONS.
    """
    if rows.empty:
        return Reconciled(empty(RECONCILED), empty(QUARANTINE))
    rows = rows.reset_index(drop=True)
    failed = implausible(rows, places)
    values = {column.name: rows[column.name].to_numpy(np.float64, copy=True) for column in WEATHER}
    quarantine = _set_aside(rows, failed)
    for column, where in failed.groupby("column"):
        values[str(column)][where["row"].to_numpy(np.int64)] = np.nan
    return Reconciled(_one_each(rows.assign(**values), preference), quarantine)


def _one_each(rows: pd.DataFrame, preference: Sequence[str]) -> pd.DataFrame:
    rows = _ranked(rows, preference)
    group = rows.groupby(_KEY, sort=False, observed=True).ngroup().to_numpy()
    winner = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    suspect = (rows["quality"] == "suspect").to_numpy(bool)
    interval = rows["interval_hours"].to_numpy(np.int64)
    known_at = rows["known_at"].to_numpy("datetime64[us]").astype(np.int64)
    sources = rows["source"].to_numpy(object)
    out, filled = rows.iloc[winner].reset_index(drop=True), np.full(len(winner), "", dtype=object)
    latest = known_at[winner]
    for family in FAMILIES:
        values = rows[list(family)].to_numpy(np.float64)
        usable = ~np.isnan(values).all(axis=1)
        at = np.arange(len(rows))
        usable &= ~suspect | (at == winner[group])
        where = np.flatnonzero(usable)
        if "precipitation_mm" in family:
            where = where[np.lexsort((where, interval[where] > STEP_HOURS, group[where]))]
        groups, first = np.unique(group[where], return_index=True)
        taken = np.full((len(winner), len(family)), np.nan)
        taken[groups] = values[where[first]]
        out[list(family)] = taken
        if "precipitation_mm" in family:
            out.loc[groups, "interval_hours"] = interval[where[first]]
        other = groups[where[first] != winner[groups]]
        giver = where[first][where[first] != winner[groups]]
        filled[other] += np.array([f"{family[0]}={source} " for source in sources[giver]], dtype=object)
        latest[other] = np.maximum(latest[other], known_at[giver])
    text = pd.Series(filled, dtype=pd.StringDtype("pyarrow")).str.strip()
    out = out.assign(filled=text.mask(text == ""), known_at=pd.to_datetime(latest, unit="us", utc=True))
    return conform(out, RECONCILED).reset_index(drop=True)


def _ranked(rows: pd.DataFrame, preference: Sequence[str]) -> pd.DataFrame:
    """Rows by place and time, the best first."""
    order = {name: rank for rank, name in enumerate(preference)}
    quality = {name: rank for rank, name in enumerate(QUALITY_ORDER)}
    by = pd.DataFrame(
        {
            "location_id": rows["location_id"],
            "time": rows["time"],
            "suspect": rows["quality"] == "suspect",
            "stated": rows["source"].map(order).astype(np.float64).fillna(len(order)),
            "quality": rows["quality"].map(quality).astype(np.float64).fillna(len(quality)),
            "distance_km": rows["distance_km"].astype(np.float64).fillna(0.0),
            "source": rows["source"],
        }
    )
    return rows.loc[by.sort_values(list(by.columns), kind="stable").index].reset_index(drop=True)


def _set_aside(rows: pd.DataFrame, failed: pd.DataFrame) -> pd.DataFrame:
    """Values that failed a check as quarantine rows; their places and times stand in `record`."""
    if failed.empty:
        return empty(QUARANTINE)
    at = failed["row"].to_numpy(np.int64)
    of = rows.iloc[at].reset_index(drop=True)
    stamp = of["time"].dt.strftime("%Y-%m-%dT%H:%MZ")
    value = [rows[column].iat[row] for row, column in zip(at, failed["column"], strict=True)]
    cycle = of["time"].dt.floor(CYCLE.length)
    lines = pd.DataFrame(
        {
            "source": of["source"],
            "cycle": cycle,
            "object": of["location_id"].astype(object) + " " + stamp.astype(object),
            "row": 0,
            "column": failed["column"].to_numpy(object),
            "reason": failed["reason"].to_numpy(object),
            "value": [f"{number:g}" for number in value],
            "record": of["station_id"],
        }
    )
    return conform(lines.drop_duplicates(list(QUARANTINE.key)), QUARANTINE).reset_index(drop=True)
