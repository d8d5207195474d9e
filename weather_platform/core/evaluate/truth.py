"""Whether an archive's truth may be held against each of its sources.

Belongs here: an archive's columns in the terms of the test. Does not: the test (core.observations.suspicion).
"""

import pandas as pd

from weather_platform.core.observations.suspicion import INSTRUMENT_STEP, suspicious_truth
from weather_platform.core.units import UnitError, affine

_FIRST_DAY_HOURS, _BEYOND_SHORTEST_HOURS = 24.0, 12.0


def refused_truth(archive: pd.DataFrame, variable: str, kind: str) -> pd.DataFrame:
    """`source`, `location_id` and `reason` of each pair whose truth seems to be the source's own output.

    `archive` as core.evaluate.archive.checked gives it; `kind` is the target variable of its nature. Leads
    of the first day count, or up to 12 hours beyond the shortest. Chances, and units that are unknown, are
    not tested: none is refused.
    """
    rows = archive[(archive["variable"] == variable)].dropna(subset=["forecast", "observation"])
    shortest = rows.groupby(["location_id", "source"])["lead_hours"].transform("min")
    rows = rows[rows["lead_hours"] <= (shortest + _BEYOND_SHORTEST_HOURS).clip(lower=_FIRST_DAY_HOURS)]
    try:
        factor = affine(rows["unit"].iloc[0], kind).factor if len(rows) else 1.0
    except UnitError:
        rows = rows[:0]
    pairs = rows.groupby(["location_id", "source", "init_time", "valid_time"], as_index=False)[
        ["forecast", "observation"]
    ].mean()
    pairs = pairs.rename(columns={"source": "feed", "observation": "observed"}).assign(variable=kind)
    if pairs.empty or kind not in INSTRUMENT_STEP:
        return pd.DataFrame(columns=["source", "location_id", "reason"])
    pairs[["forecast", "observed"]] *= factor
    found = suspicious_truth(
        pairs.assign(error=pairs["forecast"] - pairs["observed"], truth_source="observation")
    )
    return found.rename(columns={"feed": "source"})[["source", "location_id", "reason"]]
