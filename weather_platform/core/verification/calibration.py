"""How our quantiles and chances held: counts by day that every reliability diagram and PIT histogram is made
of.

Belongs here: binning and counting. Does not: drawing (see core.report), or any other score (see score).
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import PREDICTION, QUANTILES
from weather_platform.core.contracts.scores import CALIBRATION
from weather_platform.core.features.target import verified
from weather_platform.core.grid import Table, as_table, computed
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.quantities.wet import is_wet
from weather_platform.core.scoring.slices import lead_bucket
from weather_platform.core.tables.schema import conform, empty

PIT, CHANCE = "pit", "chance"
PIT_BINS = len(QUANTILES) + 1
_CHANCE_BINS = 10
_GROUP = ["day", "variable", "lead_bucket", "model_version"]


def calibration_sums(
    predictions: Table,
    observations: Table,
    *,
    start: datetime,
    end: datetime,
    variables: Sequence[str],
) -> pd.DataFrame:
    """CALIBRATION rows of `variables` and the days in [start, end), from `predictions` of every cycle that
    reaches into them and `observations` from three hours before. Rows without feeds are left out. One
    variable is in memory at a time."""
    ours = as_table(predictions)
    told = ours.filter(~ours.degraded).select(
        *PREDICTION.key, "lead_hours", "model_version", *QUANTILES, "probability"
    )
    frames = []
    for variable in variables:
        rows = computed(verified(told, observations, variable, start, end), PREDICTION.key)
        rows = rows.assign(
            day=rows["valid_time"].dt.floor("D"),
            lead_bucket=lead_bucket(rows["lead_hours"].to_numpy(np.float64)),
        )
        if len(rows):
            frames.append(_counted(rows[_GROUP], _pit(rows), PIT))
        if len(rows) and variable in ACCUMULATED:
            frames.append(_chances(rows))
    return conform(pd.concat(frames, ignore_index=True), CALIBRATION) if frames else empty(CALIBRATION)


def _pit(rows: pd.DataFrame) -> np.ndarray:
    """Row × bin: where the truth fell among the quantiles. A truth that several quantiles share, as a dry
    hour does, is spread over their bins, which is what a randomised PIT does on average (Czado et al. 2009).
    """
    truth, quantiles = rows["observed"].to_numpy()[:, None], rows[list(QUANTILES)].to_numpy()
    low, high = (quantiles < truth).sum(axis=1), (quantiles <= truth).sum(axis=1)
    bins = np.arange(PIT_BINS)
    inside = (bins >= low[:, None]) & (bins <= high[:, None])
    return inside / inside.sum(axis=1, keepdims=True)


def _counted(groups: pd.DataFrame, shares: np.ndarray, kind: str) -> pd.DataFrame:
    """Sums of `shares` (row × bin) by group, one row per bin."""
    wide = pd.DataFrame(shares).groupby([groups[name] for name in _GROUP], observed=True).sum()
    return wide.reset_index().melt(_GROUP, var_name="bin", value_name="n").assign(kind=kind)


def _chances(wet: pd.DataFrame) -> pd.DataFrame:
    """By tenth of the chance said: how often, what was said in sum, and how often it happened."""
    chance = wet["probability"].to_numpy(np.float64)
    tenth = np.minimum(np.nan_to_num(chance * _CHANCE_BINS), _CHANCE_BINS - 1).astype(np.int64)
    table = wet[_GROUP].assign(
        bin=tenth, n=1.0, said_sum=chance, happened_sum=is_wet(wet["observed"].to_numpy()).astype(np.float64)
    )
    table = table[~np.isnan(chance)]
    return table.groupby([*_GROUP, "bin"], observed=True).sum().reset_index().assign(kind=CHANCE)
