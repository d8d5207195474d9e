"""Training one variable: out of fold first, to calibrate and to judge, then once on everything.

Belongs here: the order of things and the gates. Does not: any model's inside, or where models are kept.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.model.evidence import compare, decide, metrics
from weather_platform.core.model.expert import Raw, fit_expert, pooled, raw
from weather_platform.core.model.folds import Fold, forward_folds
from weather_platform.core.model.mixing import AS_FITTED, calibrate, forecast
from weather_platform.core.model.trained import Trained, code_version, data_hash
from weather_platform.core.variables import ACCUMULATED

FEWEST_ROWS = 300
FEWEST_DAYS = 6
# Over nine paired archives trees helped from about 500 station-days on and hurt at 40; rows or days did
# not separate.
TREES_FROM_STATION_DAYS = 300


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
    trees = station_days(rows) >= trees_from_station_days
    outs: list[Raw] = []
    for fold in folds:
        expert = fit_expert(rows.iloc[fold.train], observed[fold.train], variable, trees)
        outs.append(raw(expert, rows.iloc[fold.judge]))
    final = fit_expert(rows, observed, variable, trees)
    judged = _judged(rows, folds, outs, variable)
    return Trained(
        variable=variable,
        trained_until=train_until,
        data_hash=data_hash(rows),
        code_version=code_version(),
        parameters={
            "emos": final.emos.parameters(),
            "calibration": judged.calibration,
            "hurdle": final.hurdle.parameters() if judged.beyond_emos and final.hurdle else None,
        },
        trees=final.trees if judged.beyond_emos else {},
        metrics=judged.metrics,
        evidence=judged.evidence,
        promote=judged.promote,
        reason=judged.reason,
    )


@dataclass(frozen=True)
class _Judged:
    """A candidate and how it did on the last fold, calibrated on those before; `calibration` is of all."""

    calibration: dict[str, Any]
    beyond_emos: bool
    metrics: dict[str, float]
    evidence: pd.DataFrame
    promote: bool
    reason: str


def _judged(rows: pd.DataFrame, folds: list[Fold], outs: list[Raw], variable: str) -> _Judged:
    """The first candidate that may be promoted: with trees or a hurdle, EMOS recalibrated, EMOS as fitted;
    the first of all if none may."""
    plain = [replace(out, said={}) for out in outs]
    beside = "hurdle" if variable in ACCUMULATED else "trees"
    candidates = [(outs, f"EMOS and {beside}")] if outs[-1].said else []
    candidates += [(plain, "EMOS recalibrated"), (plain, "EMOS as fitted")]
    found = [_judge(rows, folds, candidate, variable, kind) for candidate, kind in candidates]
    return next((one for one in found if one.promote), found[0])


def _judge(rows: pd.DataFrame, folds: list[Fold], outs: list[Raw], variable: str, kind: str) -> _Judged:
    last, observed = rows.iloc[folds[-1].judge], rows["observed"].to_numpy(np.float64)
    before, of_all = AS_FITTED, AS_FITTED
    if kind != "EMOS as fitted":
        before = _calibrated(outs[:-1], folds[:-1], observed, variable)
        of_all = _calibrated(outs, folds, observed, variable)
    made = forecast(outs[-1], before, variable)
    evidence = compare(last, made, variable)
    beyond_emos = bool(outs[-1].said)
    promote, reason = decide(evidence, beyond_emos=beyond_emos)
    return _Judged(of_all, beyond_emos, metrics(last, made), evidence, promote, f"{kind}: {reason}")


def station_days(rows: pd.DataFrame) -> int:
    """Distinct pairs of a place and a UTC day of valid time."""
    day = rows["valid_time"].dt.floor("D").rename("day")
    return len(pd.concat([rows["location_id"], day], axis=1).drop_duplicates())


def _checked_folds(rows: pd.DataFrame, variable: str) -> list[Fold]:
    days = rows["valid_time"].dt.floor("D").nunique()
    if len(rows) < FEWEST_ROWS or days < FEWEST_DAYS:
        raise TooFewDataError(
            f"{variable}: {len(rows)} verified rows on {days} days; a model needs {FEWEST_ROWS} rows on "
            f"{FEWEST_DAYS} days: materialize more cycles and observations"
        )
    folds = [fold for fold in forward_folds(rows) if len(fold.train) >= FEWEST_ROWS // 3]
    if len(folds) < 2:
        raise TooFewDataError(
            f"{variable}: {len(rows)} verified rows on {days} days are too few to train and to judge in "
            "turn: materialize more cycles"
        )
    return folds


def _calibrated(outs: list[Raw], folds: list[Fold], observed: np.ndarray, variable: str) -> dict[str, Any]:
    """Calibration from all that was out of fold; folds too poor for trees or a hurdle are left out where
    others have them."""
    pairs = [(out, fold) for out, fold in zip(outs, folds, strict=True) if out.said] or list(
        zip(outs, folds, strict=True)
    )
    truth = np.concatenate([observed[fold.judge] for _, fold in pairs])
    return calibrate(pooled([out for out, _ in pairs]), truth, variable)
