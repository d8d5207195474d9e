"""An archive's rows as FEATURES: what each could know at its init time, found as the platform finds it.

Belongs here: an archive's errors, truth and rows in the terms of core.features. Does not: any statistics
(there).
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.features.adjacent import with_adjacent
from weather_platform.core.features.axes import DAY, HOUR, Axes, microseconds, positions
from weather_platform.core.features.beside import weights_between
from weather_platform.core.features.errors import error_sums
from weather_platform.core.features.lagged import with_lagged
from weather_platform.core.features.lookback import Lookback
from weather_platform.core.features.memory import past_of
from weather_platform.core.features.rows import Rows, columns_of
from weather_platform.core.features.sums import Strata, part_of, sums_of
from weather_platform.core.grid import computed
from weather_platform.core.tables.exact_sum import sum_in_order

# Longer than the platform's, since archives have gaps and go back as far as they do: chosen by rolling
# origins within the first two thirds of nineteen recorded archives. An archive may be hourly, unlike the
# platform's grid.
LOOK = Lookback(
    days=60,
    error_half_life=15.0,
    error_is_new=20,
    observation_half_life=10.0,
    part_hours=1,
    fewest_days=6.0,
)
_HOURS = 24


def features_of(
    rows: pd.DataFrame, sources: list[str], variable: str, delay_hours: float, look: Lookback = LOOK
) -> pd.DataFrame:
    """FEATURES columns of `rows` (core.evaluate.archive.wide, in order of init time), with `member_sd`,
    `observed` and `observed_known_at`.

    `variable` names the target whose distribution is used, `look` says how much of the past counts. Each init
    time is a cycle of its own; only observations of valid times ≤ init − `delay_hours` are seen by its rows.
    """
    rows = rows.assign(lead_hours=rows["lead_hours"].clip(lower=0))
    keyed = _keyed(rows, variable, delay_hours)
    pairs = _errors(keyed, rows, sources)
    # In their order, since floats of many days are added up of them (see core.features.before).
    errors = computed(error_sums(pairs, part_hours=look.part_hours, added=sum_in_order), ERROR_SUM.key)
    truth = _truth(keyed)
    lead_days = np.unique(rows["lead_hours"].to_numpy() // 24).astype(np.int64)
    # Only hours that there are: most archives have one or two.
    parts = np.unique(part_of(microseconds(keyed["valid_time"]), look))
    places = tuple(sorted(keyed["location_id"].unique()))
    weights = _weights(keyed, places)
    found = []
    # The past is laid out by day, place and lead, and would grow with the square of an archive whose places
    # change: so it is for some weeks of rows at a time.
    for part in _runs(microseconds(keyed["cycle"]) // (look.days * DAY)):
        asked = _rows(keyed[part], rows[part], places, weights, sources)
        axes = Axes(places, np.array([start for start, _ in asked.cycles]), tuple(sources))
        sums = sums_of(errors, variable, axes, Strata(parts, lead_days), look)
        past = past_of(truth, variable, axes, look, _HOURS)
        found.append(pd.DataFrame(columns_of(asked, variable, sums, past)))
    return with_adjacent(with_lagged(pd.concat([keyed, pd.concat(found, ignore_index=True)], axis=1)))


def _keyed(rows: pd.DataFrame, variable: str, delay_hours: float) -> pd.DataFrame:
    """All columns that need no look back."""
    known = microseconds(rows["valid_time"]) + int(delay_hours * HOUR)
    return pd.DataFrame(
        {
            "variable": variable,
            "location_id": rows["location_id"],
            "cycle": rows["init_time"],
            "valid_time": rows["valid_time"],
            "known_at": rows["init_time"],
            "member_sd": rows["member_sd"],
            "latitude": rows["lat"],
            "longitude": rows["lon"],
            "elevation_m": rows["elevation_m"],
            "elevation_difference_m": np.nan,
            "observed": rows["observed"],
            "observed_known_at": pd.to_datetime(known, unit="us", utc=True).as_unit("us"),
        }
    ).reset_index(drop=True)


def _errors(keyed: pd.DataFrame, rows: pd.DataFrame, sources: Sequence[str]) -> pd.DataFrame:
    """Pairs of a source and the truth, as core.features.errors.error_sums reads them."""
    pair = keyed[["variable", "location_id", "valid_time", "observed"]].assign(
        lead_hours=rows["lead_hours"].to_numpy(), known_at=keyed[["observed_known_at", "cycle"]].max(axis=1)
    )
    observed = keyed["observed"].to_numpy()
    pairs = [pair.assign(feed=source, error=rows[source].to_numpy() - observed) for source in sources]
    return pd.concat(pairs, ignore_index=True).dropna(subset="error")


def _truth(keyed: pd.DataFrame) -> pd.DataFrame:
    """One observation per place and valid time, as core.grid.truth_grid gives them."""
    columns = {"observed_known_at": "known_at"}
    truth = keyed[["variable", "location_id", "valid_time", "observed", *columns]].rename(columns=columns)
    return truth.dropna(subset="observed").drop_duplicates(["location_id", "valid_time"])


def _rows(
    keyed: pd.DataFrame,
    rows: pd.DataFrame,
    places: Sequence[str],
    weights: csr_array,
    sources: Sequence[str],
) -> Rows:
    """Rows as core.features.rows asks for them, a cycle per init time."""
    init = microseconds(keyed["cycle"])
    return Rows(
        feeds=sources,
        values=rows[list(sources)].to_numpy(np.float64),
        place=positions(places, keyed["location_id"]),
        valid_time=microseconds(keyed["valid_time"]),
        lead_hours=rows["lead_hours"].to_numpy(np.float64),
        latitude=keyed["latitude"].to_numpy(np.float64),
        # Without a longitude the hour is UTC's, which tells a place's hours apart as well.
        longitude=np.nan_to_num(keyed["longitude"].to_numpy(np.float64)),
        weights=weights,
        cycles=[(int(init[run.start]), run) for run in _runs(init)],
    )


def _weights(keyed: pd.DataFrame, places: Sequence[str]) -> csr_array:
    """How much each of the places counts at each other, by where its first row is."""
    position = keyed.drop_duplicates("location_id").set_index("location_id").reindex(list(places))
    return weights_between(*(position[name].to_numpy(np.float64) for name in ("latitude", "longitude")))


def _runs(labels: np.ndarray) -> list[slice]:
    """Where each run of equal labels is."""
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    return [slice(start, end) for start, end in pairwise(edges)]
