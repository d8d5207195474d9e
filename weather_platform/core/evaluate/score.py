"""An archive's variable, evaluated: scores of every method on the held-out rows, and our quantiles.

Belongs here: which rows are held out, and what each method says of them. Does not: scoring them (see
comparison), reading files or printing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.evaluate.archive import (
    KEY,
    ArchiveError,
    forecasts_of,
    known_at,
    usual_delay_hours,
    wide,
    with_earlier,
)
from weather_platform.core.evaluate.codes import codes_in
from weather_platform.core.evaluate.comparison import compared
from weather_platform.core.evaluate.features import features_of
from weather_platform.core.evaluate.kinds import is_chance, kind_in
from weather_platform.core.evaluate.members import members
from weather_platform.core.evaluate.occurrence import steps
from weather_platform.core.evaluate.one_unit import in_one_unit
from weather_platform.core.evaluate.sources import BASELINES, METHODS
from weather_platform.core.evaluate.truth import refused_truth
from weather_platform.core.evaluate.unit import Unit, is_known, told_of, unit_in, unit_of
from weather_platform.core.evaluate.walk import walk
from weather_platform.core.model.fallback import from_blend
from weather_platform.core.targets import KNOWN, Range
from weather_platform.core.variables import ACCUMULATED
from weather_platform.core.wet import is_wet

OUT_LEVELS = np.arange(0.025, 1, 0.05)


@dataclass(frozen=True)
class Evaluated:
    """`scores` as the JSON has them; `predictions` with q0…q19 at OUT_LEVELS."""

    scores: dict[str, Any]
    predictions: pd.DataFrame


def evaluate_all(
    archive: pd.DataFrame, variables: Sequence[str], test_from: pd.Timestamp | None, delay_hours: float | None
) -> tuple[dict[str, Evaluated], dict[str, str]]:
    """`evaluate` of every variable, and why the others could not be. Raises ArchiveError where none could."""
    done: dict[str, Evaluated] = {}
    failed: dict[str, str] = {}
    for name in variables:
        try:
            done[name] = evaluate(archive, name, test_from, delay_hours)
        except ArchiveError as error:
            failed[name] = str(error)
    if not done:
        raise ArchiveError("; ".join(failed.values()))
    return done, failed


def evaluate(
    archive: pd.DataFrame, variable: str, test_from: pd.Timestamp | None, delay_hours: float | None
) -> Evaluated:
    """Walk one variable of a checked archive. `test_from` (aware): valid times held out, the last third
    where None. Raises ArchiveError where nothing can be held out."""
    case = _case(archive, variable, test_from, delay_hours)
    features = features_of(*with_earlier(case.rows, case.sources), case.kind, case.delay)
    walked, test = walk(features, case.kind, case.held_out, case.bounds), features[case.held_out]
    blend = np.clip(from_blend(test, case.kind).quantiles, *case.bounds)
    methods = dict(zip(METHODS, (walked.ours, walked.emos, blend), strict=True))
    wanted = np.clip(_at_out_levels(walked.ours), *case.bounds)
    known = features["observed"][features["observed_known_at"] <= case.begin]
    if is_chance(variable, case.written) and known.dropna().isin([0.0, 1.0]).all():
        wanted = steps(walked.ours.mean(axis=1), OUT_LEVELS)
        methods = {name: steps(q.mean(axis=1), QUANTILE_LEVELS) for name, q in methods.items()}
    methods |= case.members
    points = {name: test[name].to_numpy() for name in BASELINES}
    points |= {source: case.rows.loc[case.held_out, source].to_numpy() for source in case.sources}
    refused_everywhere = sorted(set(case.refused["source"]) - set(case.sources))
    points |= {source: np.full(len(test), np.nan) for source in refused_everywhere}
    scores = {
        "n": int(case.held_out.sum()),
        "test_from": f"{case.cut:%Y-%m-%dT%H:%M:%SZ}",
        "truth_delay_hours": case.delay,
        "truth_refused": case.refused.to_dict("records"),
        "unit": case.written,
        "unit_known": is_known(case.written, case.kind),
        "notes": [*case.notes, *codes_in(archive, variable), *told_of(variable, case.written, case.kind)],
        **compared(methods, points, test, case.unit, _usually_wet(case, features)),
    }
    return Evaluated(scores, _out(case.rows[case.held_out], variable, case.unit.outward(wanted)))


@dataclass(frozen=True)
class _Case:
    """What is walked: `rows` and `sources` as core.evaluate.archive.wide, without what is `refused`, in the
    target's unit (the archive's is `written`; `notes` are of it); valid times from `cut` on are `held_out`,
    the first of them forecast at `begin`, and of these are the quantiles of `members`.
    """

    kind: str
    rows: pd.DataFrame
    sources: list[str]
    refused: pd.DataFrame
    written: str
    notes: list[str]
    unit: Unit
    bounds: Range
    delay: float
    cut: pd.Timestamp
    begin: pd.Timestamp
    held_out: np.ndarray
    members: dict[str, np.ndarray]


def _case(
    archive: pd.DataFrame, variable: str, test_from: pd.Timestamp | None, delay_hours: float | None
) -> _Case:
    archive, notes = in_one_unit(archive, variable)
    asked = forecasts_of(archive, variable)
    delay = usual_delay_hours(asked) if delay_hours is None else delay_hours
    times = asked.drop_duplicates(KEY)["valid_time"]
    cut = pd.Timestamp(times.quantile(2 / 3)) if test_from is None else test_from
    begin = asked["init_time"][asked["valid_time"] >= cut].min()
    written, kind = unit_in(archive, variable), kind_in(known_at(asked, begin, delay), variable)
    refused, unit = refused_truth(archive, variable, kind), unit_of(written, kind)
    rows, sources = wide(archive, variable, refused)
    rows = unit.inward(rows, [*sources, "observed"], ["member_sd"])
    held_out = ((rows["valid_time"] >= cut) & rows["observed"].notna()).to_numpy()
    if not held_out.any():
        last = rows["valid_time"][rows["observed"].notna()].max()
        there = "no row has any" if pd.isna(last) else f"the last is valid at {last:%Y-%m-%d %H:%M}"
        raise ArchiveError(
            f"{variable}: no row with an observation is valid from {cut:%Y-%m-%d %H:%M} on; {there}"
        )
    bounds = KNOWN[kind].range
    ensembles = members(archive, variable, rows[held_out], sources)
    ensembles = {name: q * unit.affine.factor + unit.affine.offset for name, q in ensembles.items()}
    return _Case(
        kind, rows, sources, refused, written, notes, unit, bounds, delay, cut, begin, held_out, ensembles
    )


def _usually_wet(case: _Case, features: pd.DataFrame) -> float | None:
    """Share of wet cases known when the held-out begin; None where the variable is no amount."""
    if case.kind not in ACCUMULATED:
        return None
    known = (features["observed_known_at"] <= case.cut).to_numpy()
    return float(is_wet(features["observed"][known].dropna().to_numpy()).mean())


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
