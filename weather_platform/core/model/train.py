"""Training one variable: out of fold first, to calibrate and to judge, then once on everything.

Belongs here: the order of things and the gates. Does not: any model's inside, or where models are kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import DAY, microseconds
from weather_platform.core.model.evidence import compare, decide, metrics
from weather_platform.core.model.expert import fit_expert
from weather_platform.core.model.folds import Fold, forward_folds
from weather_platform.core.model.forecasts import Forecast, joined
from weather_platform.core.model.mixing import EMOS_ALONE, forecast, mix
from weather_platform.core.model.rolling import (
    FEWEST_TO_FIT,
    TREES_FROM_STATION_DAYS,
    Rolled,
    roll,
    trees_calibration,
)
from weather_platform.core.model.standardise import some_of
from weather_platform.core.model.trained import Trained, code_version, data_hash

FEWEST_ROWS = 300
FEWEST_DAYS = 6
_ROWS_TO_MIX_BY = 100_000


class TooFewDataError(ValueError):
    """Too little verified history to judge a model; says how much there is and how much is needed."""


def training_rows(features_with_target: pd.DataFrame, variable: str, train_until: datetime) -> pd.DataFrame:
    """Rows of the variable that have a feed whose error is known, and a truth known by `train_until`; in
    key order."""
    rows = features_with_target
    keep = (
        (rows["variable"] == variable).to_numpy(bool)
        & rows["observed"].notna().to_numpy()
        & rows["expected_error"].notna().to_numpy()
        & (rows["observed_known_at"] <= train_until).to_numpy(bool)
    )
    return rows[keep].sort_values(["cycle", "location_id", "valid_time"], ignore_index=True)


def train(
    features_with_target: pd.DataFrame,
    variable: str,
    train_until: datetime,
    *,
    trees_from_station_days: int = TREES_FROM_STATION_DAYS,
) -> Trained:
    """Train on what was known by `train_until` (aware). `features_with_target` as
    core.features.target.with_target.

    Raises TooFewDataError where there is too little to judge by; predictions then stand on the
    bias-corrected blend.
    """
    rows = training_rows(features_with_target, variable, train_until)
    folds = _checked_folds(rows, variable)
    observed = rows["observed"].to_numpy(np.float64)
    rolled = roll(rows, observed, folds, variable, trees_from_station_days)
    judged = _judged(rows, folds, rolled, variable)
    final = fit_expert(rows, observed, variable, "trees" in judged.calibration["weights"])
    return Trained(
        variable=variable,
        trained_until=train_until,
        data_hash=data_hash(rows),
        code_version=code_version(),
        parameters={"expert": final.parameters(), "calibration": judged.calibration},
        trees=final.trees,
        metrics=judged.metrics,
        evidence=judged.evidence,
        promote=judged.promote,
        reason=judged.reason,
    )


@dataclass(frozen=True)
class _Judged:
    """A candidate and how it did on all folds but the first, by what was known before each; `calibration` is
    of all."""

    calibration: dict[str, Any]
    metrics: dict[str, float]
    evidence: pd.DataFrame
    promote: bool
    reason: str


def _judged(rows: pd.DataFrame, folds: list[Fold], rolled: Rolled, variable: str) -> _Judged:
    """The mix of all parts if it may be promoted, else EMOS alone if that may; the mix if neither."""
    # What the first says is the first that anything can be learned of, so it judges nothing.
    heard = range(1, len(folds))
    judged = rows.iloc[np.concatenate([folds[index].judge for index in heard])]
    before = [_calibration(rows, folds, rolled, variable, index) for index in heard]
    made = joined(
        [forecast(rolled.raw[index], known, variable) for index, known in zip(heard, before, strict=True)]
    )
    mixed = _judge(judged, made, variable, _calibration(rows, folds, rolled, variable, None))
    if mixed.promote:
        return mixed
    made = joined([forecast(rolled.raw[index], EMOS_ALONE, variable) for index in heard])
    alone = _judge(judged, made, variable, EMOS_ALONE)
    return alone if alone.promote else mixed


def _judge(judged: pd.DataFrame, made: Forecast, variable: str, of_all: dict[str, Any]) -> _Judged:
    beyond_emos = of_all is not EMOS_ALONE
    evidence = compare(judged, made, variable)
    promote, reason = decide(evidence, beyond_emos=beyond_emos)
    kind = "mix of parts" if beyond_emos else "EMOS alone"
    return _Judged(of_all, metrics(judged, made), evidence, promote, f"{kind}: {reason}")


def _calibration(
    rows: pd.DataFrame, folds: list[Fold], rolled: Rolled, variable: str, before: int | None
) -> dict[str, Any]:
    """Weights, width and the trees' calibration out of fold: from all that is known, or from what was when
    the fold at position `before` began."""
    observed = rows["observed"].to_numpy(np.float64)
    init, known, valid = (microseconds(rows[name]) for name in ("cycle", "observed_known_at", "valid_time"))
    usable = np.ones(len(rows), bool) if before is None else known <= folds[before].start
    keep = some_of(len(rows), _ROWS_TO_MIX_BY)
    made = mix(
        {name: quantiles[keep] for name, quantiles in rolled.quantiles.items()},
        np.where(usable, observed, np.nan)[keep],
        known=known[keep],
        init=init[keep],
        variable=variable,
    )
    trees = (
        trees_calibration(rolled.raw, folds, observed, valid // DAY, usable)
        if before is None
        else rolled.trees[before]
    )
    return {"weights": made.weights, "width": made.width, "trees": trees}


def _checked_folds(rows: pd.DataFrame, variable: str) -> list[Fold]:
    days = rows["valid_time"].dt.floor("D").nunique()
    if len(rows) < FEWEST_ROWS or days < FEWEST_DAYS:
        raise TooFewDataError(
            f"{variable}: {len(rows)} verified rows on {days} days; a model needs {FEWEST_ROWS} rows on "
            f"{FEWEST_DAYS} days: materialize more cycles and observations"
        )
    folds = [fold for fold in forward_folds(rows) if len(fold.train) >= FEWEST_TO_FIT]
    if len(folds) < 2:
        raise TooFewDataError(
            f"{variable}: {len(rows)} verified rows on {days} days are too few to train and to judge in "
            "turn: materialize more cycles"
        )
    return folds
