"""An archive's variable, evaluated: scores of every method on the held-out rows, and our quantiles.

Belongs here: what each method says of the held-out rows. Does not: which these are (see case), scoring them
(see comparison), reading files or printing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.evaluate.archive import KEY, ArchiveError, with_earlier
from weather_platform.core.evaluate.case import Case, case_of
from weather_platform.core.evaluate.codes import codes_in, shares_beside_per_cent
from weather_platform.core.evaluate.comparison import compared
from weather_platform.core.evaluate.features import features_of
from weather_platform.core.evaluate.kinds import is_chance
from weather_platform.core.evaluate.occurrence import steps
from weather_platform.core.evaluate.sources import BASELINES, METHODS
from weather_platform.core.evaluate.unit import is_known, told_of
from weather_platform.core.evaluate.walk import walk
from weather_platform.core.model.fallback import from_bias_corrected
from weather_platform.core.model.rolling import Tracked
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.quantities.wet import is_wet

OUT_LEVELS = np.arange(0.025, 1, 0.05)


@dataclass(frozen=True)
class Evaluated:
    """`scores` as the JSON has them; `predictions` with q0…q19 at OUT_LEVELS."""

    scores: dict[str, Any]
    predictions: pd.DataFrame


def evaluate_all(
    archive: pd.DataFrame,
    variables: Iterable[str],
    test_from: pd.Timestamp | None,
    delay_hours: float | None,
    tracked: Callable[[str], Tracked] = lambda _variable: iter,
) -> tuple[dict[str, Evaluated], dict[str, str]]:
    """`evaluate` of every variable, and why the others could not be. Raises ArchiveError where none could.
    `tracked` makes what shows how far a variable is."""
    done: dict[str, Evaluated] = {}
    failed: dict[str, str] = {}
    for name in variables:
        try:
            done[name] = evaluate(archive, name, test_from, delay_hours, tracked(name))
        except ArchiveError as error:
            failed[name] = str(error)
    if not done:
        raise ArchiveError("; ".join(failed.values()))
    return done, failed


def evaluate(
    archive: pd.DataFrame,
    variable: str,
    test_from: pd.Timestamp | None,
    delay_hours: float | None,
    tracked: Tracked = iter,
) -> Evaluated:
    """Walk one variable of a checked archive. `test_from` (aware): valid times held out, the last third
    where None. Raises ArchiveError where nothing can be held out."""
    case = case_of(archive, variable, test_from, delay_hours)
    features = features_of(*with_earlier(case.rows, case.sources, case.begin), case.kind, case.delay)
    walked = walk(features, case.kind, case.held_out, case.bounds, tracked)
    test = features[case.held_out]
    blend = np.clip(from_bias_corrected(test, case.kind).quantiles, *case.bounds)
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
        "notes": [*case.notes, *_notes(archive, variable, case)],
        **compared(methods, points, test, case.unit, _usually_wet(case, features)),
    }
    return Evaluated(scores, _out(case.rows[case.held_out], variable, case.unit.outward(wanted)))


def _notes(archive: pd.DataFrame, variable: str, case: Case) -> list[str]:
    """What to tell of the archive's numbers and of its unit."""
    chances = shares_beside_per_cent(archive, variable) if is_chance(variable, case.written) else []
    return [*codes_in(archive, variable), *chances, *told_of(variable, case.written, case.kind)]


def _usually_wet(case: Case, features: pd.DataFrame) -> float | None:
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
