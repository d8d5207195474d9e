"""An archive's variable, evaluated: scores of every method on the held-out rows, and our quantiles.

Belongs here: which rows are held out, methods, scores, differences. Does not: reading files or printing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.evaluate.archive import KEY, ArchiveError, usual_delay_hours, wide, with_earlier
from weather_platform.core.evaluate.features import features_of
from weather_platform.core.evaluate.kinds import is_chance, kind_of
from weather_platform.core.evaluate.occurrence import NAMES as OF_OCCURRENCE
from weather_platform.core.evaluate.occurrence import chance_of_wet, occurrence, steps
from weather_platform.core.evaluate.truth import refused_truth
from weather_platform.core.evaluate.unit import unit_of
from weather_platform.core.evaluate.walk import walk
from weather_platform.core.model.distributions import WET_MM
from weather_platform.core.model.fallback import from_blend
from weather_platform.core.scoring import bootstrap_mean, crps_of_quantiles, score_quantiles
from weather_platform.core.targets import KNOWN
from weather_platform.core.variables import ACCUMULATED

OUT_LEVELS = np.arange(0.025, 1, 0.05)
_MEDIAN = QUANTILE_LEVELS.index(0.5)
_OF_DISTRIBUTIONS = {"coverage_80": "covered80", "coverage_90": "covered90", "width_80": "width80"}


@dataclass(frozen=True)
class Evaluated:
    """`scores` as the JSON has them; `predictions` with q0…q19 at OUT_LEVELS."""

    scores: dict[str, Any]
    predictions: pd.DataFrame


def evaluate(
    archive: pd.DataFrame, variable: str, test_from: pd.Timestamp | None, delay_hours: float | None
) -> Evaluated:
    """Walk one variable of a checked archive. `test_from` (aware): valid times held out, the last third
    where None. Raises ArchiveError where nothing can be held out."""
    kind = kind_of(variable)
    rows, sources = wide(archive, variable)
    unit, bounds = unit_of(archive, variable, kind), KNOWN[kind].range
    rows = unit.inward(rows, [*sources, "observed"], ["member_sd"])
    delay = usual_delay_hours(rows) if delay_hours is None else delay_hours
    cut = rows["valid_time"].quantile(2 / 3) if test_from is None else test_from
    held_out = ((rows["valid_time"] >= cut) & rows["observed"].notna()).to_numpy()
    if not held_out.any():
        raise ArchiveError(f"{variable}: no row with an observation is valid from {cut:%Y-%m-%d %H:%M} on")
    features = features_of(*with_earlier(rows, sources), kind, delay)
    walked, test = walk(features, kind, held_out, bounds), features[held_out]
    blend = np.clip(from_blend(test, kind).quantiles, *bounds)
    methods = {"ours": walked.ours, "emos": walked.emos, "bias_corrected": blend}
    if event := is_chance(variable) and rows["observed"].dropna().isin([0.0, 1.0]).all():
        methods = {name: steps(q.mean(axis=1), QUANTILE_LEVELS) for name, q in methods.items()}
    points = {name: test[name].to_numpy() for name in ("equal_weight", "persistence", "climatology")}
    refused = refused_truth(archive, variable, kind)
    points |= {source: _held_out(rows[held_out], source, refused) for source in sources}
    quantiles = methods | {name: np.repeat(p[:, None], len(QUANTILE_LEVELS), 1) for name, p in points.items()}
    before = features["observed"][(features["observed_known_at"] <= cut).to_numpy()].dropna()
    usual = float((before >= WET_MM).mean()) if kind in ACCUMULATED else None
    truth = test["observed"].to_numpy()
    rain = {name: _rain(q, truth, usual) for name, q in quantiles.items()}
    quantiles = {name: unit.outward(values) for name, values in quantiles.items()}
    ours, observed = quantiles["ours"], unit.outward(truth)
    day = test["valid_time"].to_numpy("datetime64[D]").astype(np.int64)
    scores = {
        "n": int(held_out.sum()),
        "test_from": f"{cut:%Y-%m-%dT%H:%M:%SZ}",
        "truth_delay_hours": delay,
        "truth_refused": refused.to_dict("records"),
        "methods": {
            name: _scores(q, observed, name in methods) | rain[name] for name, q in quantiles.items()
        },
        "differences": {n: _difference(ours, q, observed, day) for n, q in quantiles.items() if n != "ours"},
    }
    chance = walked.ours.mean(axis=1)
    wanted = steps(chance, OUT_LEVELS) if event else np.clip(_at_out_levels(walked.ours), *bounds)
    return Evaluated(scores, _out(rows[held_out], variable, unit.outward(wanted)))


def _held_out(test: pd.DataFrame, source: str, refused: pd.DataFrame) -> np.ndarray:
    """A source's values, NaN at places whose truth is refused for it."""
    places = refused.loc[refused["source"] == source, "location_id"]
    return test[source].mask(test["location_id"].isin(places)).to_numpy()


def _scores(q: np.ndarray, observed: np.ndarray, distribution: bool) -> dict[str, float | int | None]:
    have = ~np.isnan(q[:, _MEDIAN])
    found = score_quantiles(q[have], observed[have])
    if not have.any():
        return {"n": 0, **dict.fromkeys(("crps", "mae", "rmse", "bias", *_OF_DISTRIBUTIONS))}
    of_distribution = {name: float(getattr(found, key).mean()) for name, key in _OF_DISTRIBUTIONS.items()}
    return {
        "n": int(have.sum()),
        "crps": float(found.crps.mean()) if distribution else float(np.abs(found.error).mean()),
        "mae": float(np.abs(found.error).mean()),
        "rmse": float(np.sqrt((found.error**2).mean())),
        "bias": float(found.error.mean()),
        **(of_distribution if distribution else dict.fromkeys(_OF_DISTRIBUTIONS)),
    }


def _rain(q: np.ndarray, observed: np.ndarray, usual: float | None) -> dict[str, float | None]:
    """Of whether it rains at all, beside the `usual` share of wet cases; nothing where that is None."""
    have = ~np.isnan(q[:, _MEDIAN])
    if usual is None:
        return {}
    return (
        occurrence(chance_of_wet(q[have]), observed[have], usual)
        if have.any()
        else dict.fromkeys(OF_OCCURRENCE)
    )


def _difference(
    ours: np.ndarray, other: np.ndarray, y: np.ndarray, day: np.ndarray
) -> dict[str, float | int | None]:
    """Mean CRPS of ours less the other's on common rows, with a 95 % block-bootstrap interval over days."""
    have = ~np.isnan(other[:, _MEDIAN])
    if not have.any():
        return {"n": 0, "crps": None, "low": None, "high": None}
    gap = crps_of_quantiles(y[have], ours[have]) - crps_of_quantiles(y[have], other[have])
    daily = pd.Series(gap).groupby(day[have]).agg(["sum", "count"])
    low, high = (None if np.isnan(v) else v for v in bootstrap_mean(*daily.to_numpy(np.float64).T))
    return {"n": int(have.sum()), "crps": float(gap.mean()), "low": low, "high": high}


def _at_out_levels(q: np.ndarray) -> np.ndarray:
    """Quantiles at OUT_LEVELS, linear on the normal's scale between those made and on beyond them."""
    x, wanted = ndtri(np.array(QUANTILE_LEVELS)), ndtri(OUT_LEVELS)
    right = np.clip(np.searchsorted(x, wanted), 1, len(x) - 1)
    part = (wanted - x[right - 1]) / (x[right] - x[right - 1])
    return q[:, right - 1] + part * (q[:, right] - q[:, right - 1])


def _out(rows: pd.DataFrame, variable: str, q: np.ndarray) -> pd.DataFrame:
    keys = rows[[*KEY, "lead_hours"]].assign(variable=variable).reset_index(drop=True)
    keys = keys[["location_id", "variable", "init_time", "valid_time", "lead_hours"]]
    return pd.concat([keys, pd.DataFrame(q, columns=[f"q{i}" for i in range(len(OUT_LEVELS))])], axis=1)
