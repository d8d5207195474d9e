"""Whether an archive's truth may be held against each of its sources.

Belongs here: an archive's columns in the terms of the test. Does not: the test (core.observations.suspicion).
"""

import numpy as np
import pandas as pd

from weather_platform.core.evaluate.unit import is_known, unit_in
from weather_platform.core.observations.suspicion import INSTRUMENT_STEP, LEAST_PAIRS, suspicious_truth
from weather_platform.core.quantities.units import affine

_FIRST_DAY_HOURS, _BEYOND_SHORTEST_HOURS = 24.0, 12.0
# Honest values on a coarse lattice (whole hPa) agree in half of the cases at most.
_SAME, _ALIKE = 0.9, 1e-6


def refused_truth(archive: pd.DataFrame, variable: str, kind: str) -> pd.DataFrame:
    """`source`, `location_id` and `reason` of each pair whose truth seems to be the source's own output.

    `archive` as core.evaluate.archive.checked gives it; `kind` is the target variable of its nature. Leads
    of the first day count, or up to 12 hours beyond the shortest. Where the kind or its unit has no limits to
    go by, only a truth that is the same as the source's values is refused.
    """
    rows = archive[(archive["variable"] == variable)].dropna(subset=["forecast", "observation"])
    shortest = rows.groupby(["location_id", "source"])["lead_hours"].transform("min")
    rows = rows[rows["lead_hours"] <= (shortest + _BEYOND_SHORTEST_HOURS).clip(lower=_FIRST_DAY_HOURS)]
    pairs = rows.groupby(["location_id", "source", "init_time", "valid_time"], as_index=False)[
        ["forecast", "observation"]
    ].mean()
    pairs = pairs.rename(columns={"source": "feed", "observation": "observed"}).assign(variable=kind)
    if pairs.empty:
        return pd.DataFrame(columns=["source", "location_id", "reason"])
    written = unit_in(archive, variable)
    if kind not in INSTRUMENT_STEP or not is_known(written, kind):
        return _copies(pairs)
    pairs[["forecast", "observed"]] *= affine(written, kind).factor
    found = suspicious_truth(
        pairs.assign(error=pairs["forecast"] - pairs["observed"], truth_source="observation")
    )
    return found.rename(columns={"feed": "source"})[["source", "location_id", "reason"]]


def _copies(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of source and place whose values are the truth's. What lies at an end of all truth, as a clear
    sky or a chance that came true, proves nothing."""
    ends = pairs["observed"].isin([pairs["observed"].min(), pairs["observed"].max()])
    same = np.isclose(pairs["forecast"], pairs["observed"], rtol=_ALIKE, atol=0.0)
    counted = pairs.assign(same=same)[~ends].groupby(["feed", "location_id"])["same"].agg(["mean", "size"])
    found = counted[(counted["mean"] >= _SAME) & (counted["size"] >= LEAST_PAIRS)].reset_index()
    reasons = [
        f"{row['location_id']}: {row['mean']:.0%} of {row['size']:,} values are those of {row['feed']}: this "
        "truth seems to be that feed's own output and is not held against it; give measurements instead"
        for row in found.to_dict("records")
    ]
    return found.rename(columns={"feed": "source"})[["source", "location_id"]].assign(reason=reasons)
