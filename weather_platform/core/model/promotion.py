"""Whether a challenger takes the champion's place: both, and every baseline, over days that neither has seen.

Belongs here: the window, the evidence and the rule. Does not: training (see train), or what a first model,
which has no champion to beat, is held to (see evidence).

The challenger learned until the window's start and is frozen there, as the champion is; so the version that
is judged is the version that serves.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pandas as pd

from weather_platform.core.model.contest import CHAMPION, EVERYWHERE, judge
from weather_platform.core.model.evidence import metrics
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.model.held_to import beaten, refused
from weather_platform.core.model.train import TooFewDataError
from weather_platform.core.model.trained import Trained, data_hash
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.scoring.differences import FEWEST_DAYS

# A day more than intervals need (see core.scoring.scores): a window may begin and end within a day.
LONGEST, SHORTEST = timedelta(days=21), timedelta(days=FEWEST_DAYS + 1)
_SIGNIFICANCE = 0.05
_MARGIN = 0.005  # of the champion's CRPS: what better calibration may cost


@dataclass(frozen=True)
class Decision:
    """Whether a version is promoted, and on what evidence.

    `decided_at`: truth known later played no part, and no cycle before it may be served. `against`: the
    sitting champion's version, None for a first model. `judged_from`: start of the window. `evidence`: one
    row per rival and slice, as `judge` gives it. `window_hash`: of the rows judged on.
    """

    promote: bool
    reason: str
    decided_at: datetime
    evidence: pd.DataFrame
    against: str | None = None
    judged_from: datetime | None = None
    window_hash: str = ""


def first(trained: Trained) -> tuple[Trained, Decision]:
    """A first model, judged at training: out of fold, against every baseline alone."""
    reason = f"first model, judged against the baselines alone: {trained.reason}"
    evidence = trained.evidence.assign(slice=EVERYWHERE)
    return replace(trained, reason=reason), Decision(trained.promote, reason, trained.trained_until, evidence)


def truth_until(rows: pd.DataFrame, until: datetime) -> datetime:
    """End of the cycle that the newest truth of core.model.train.training_rows falls into, at most `until`,
    which it is without rows. Of truth that comes days late, a window that ended at `until` would hold little.
    """
    newest = rows["valid_time"].max()
    return until if pd.isna(newest) else min(CYCLE.end(CYCLE.key(newest.to_pydatetime())), until)


def window_start(champion_until: datetime, until: datetime) -> datetime:
    """Start of the window that ends where truth ends, at `until`: half of what the champion has not seen, so
    that the challenger learns from the other half; from a week to three.

    Raises TooFewDataError where less than a week is unseen.
    """
    unseen = until - champion_until
    if unseen < SHORTEST:
        raise TooFewDataError(
            f"the champion learned until {champion_until:%Y-%m-%d %H:%M}: "
            f"{max(unseen / timedelta(days=1), 0.0):.1f} days with truth are unseen, and a challenger is "
            f"judged on {SHORTEST.days} at least: the champion stays, train again later"
        )
    return max(CYCLE.floor(until - min(max(unseen / 2, SHORTEST), LONGEST)), champion_until)


def after_withdrawal(since: datetime, until: datetime) -> None:
    """Raises TooFewDataError where a first model would have seen little that the version did not which was
    taken back at `since`: with truth until `until` it would be much the same, and nobody sits to judge it."""
    if until - since < SHORTEST:
        new = max((until - since) / timedelta(days=1), 0.0)
        raise TooFewDataError(
            f"a version was taken back, and {new:.1f} days with truth came since {since:%Y-%m-%d %H:%M}: the "
            f"blend serves until there are {SHORTEST.days}, train again later"
        )


def in_window(rows: pd.DataFrame, start: datetime) -> pd.DataFrame:
    """Of core.model.train.training_rows, those that a challenger which learned until `start` is judged on.

    Raises TooFewDataError where they are of fewer days than decide anything, before it is trained in vain.
    """
    window = rows[(rows["cycle"] >= start).to_numpy(bool)].reset_index(drop=True)
    days = window["valid_time"].dt.floor("D").nunique()
    if days < FEWEST_DAYS:
        raise TooFewDataError(
            f"since {start:%Y-%m-%d %H:%M} truth is known of {days} days, and a challenger is judged on "
            f"{FEWEST_DAYS} at least: the champion stays, train again later"
        )
    return window


def decided(
    challenger: Trained, champion: Trained, version: str, window: pd.DataFrame, until: datetime
) -> tuple[Trained, Decision]:
    """The challenger with its evidence, and the decision. `version` is the champion's, `window` as
    `in_window`, of truth known by `until`.

    Raises TooFewDataError for a window without rows.
    """
    if window.empty:
        raise TooFewDataError("there is no truth to judge a challenger by: the champion stays")
    evidence, out = judge(window, challenger, champion)
    miss, sitting = (_miss(window, said, champion.variable) for said in (out, champion.forecast(window)))
    promote, reason = decide(evidence, miss, sitting, beyond_emos=challenger.beyond_emos)
    start = challenger.trained_until
    decision = Decision(promote, reason, until, evidence, version, start, data_hash(window))
    overall = evidence[evidence["slice"] == EVERYWHERE].sort_values("crps", ignore_index=True)
    judged = replace(
        challenger, promote=promote, reason=reason, evidence=overall, metrics=metrics(window, out)
    )
    return judged, decision


def decide(evidence: pd.DataFrame, miss: float, champion_miss: float, beyond_emos: bool) -> tuple[bool, str]:
    """Whether to promote, and why in words.

    It answers all that the champion does. Better than every baseline (see held_to); significantly than the
    blends and the champion, or, beside the champion, no worse than 0.5 % beyond doubt and better calibrated
    (`miss`: how far the shares inside the 80 and 90 % intervals are off, NaN where they do not tell). And in
    no slice significantly worse than any of them: one-sided at 5 %, shared among all slices of all rivals
    (Bonferroni). What is NaN speaks for nobody, and so against promotion.
    `beyond_emos` False means that the challenger is EMOS itself, and so is not held to it.
    """
    held_to = evidence if beyond_emos else evidence[evidence["method"] != "emos"]
    overall = held_to[held_to["slice"] == EVERYWHERE].set_index("method")
    slices = held_to[held_to["slice"] != EVERYWHERE]
    baselines, sitting = overall.drop(index=CHAMPION), overall.loc[CHAMPION]
    if unfit := _unfit(*sitting[["silent", "days"]].to_numpy(float)):
        return False, unfit
    if why := refused(baselines):
        return False, why
    change = f"{100 * sitting['difference'] / sitting['crps']:+.1f} % CRPS against the champion"
    sure = sitting["high"] < 0
    if not sure and not (sitting["high"] <= _MARGIN * sitting["crps"] and miss < champion_miss):
        return False, f"not significantly better than the champion ({change})"
    lost = slices[~(slices["p_worse"] >= _SIGNIFICANCE / max(len(slices), 1))].sort_values("p_worse")
    if len(lost):
        named = "; ".join(f"{row.slice} than {row.method}" for row in lost.head(3).itertuples())
        return False, f"significantly worse in {len(lost)} of {len(slices)} slices ({change}): {named}"
    how = "significantly better" if sure else "no worse and better calibrated"
    return True, (
        f"{how} than the champion ({change}), {beaten(baselines)}, significantly worse in none of "
        f"{len(slices)} slices"
    )


def _unfit(silent: float, days: float) -> str:
    """Why nothing can be decided by the line beside the champion; empty where it can."""
    if silent > 0:
        return f"says nothing of {silent:,.0f} rows that the champion answers"
    if not days >= FEWEST_DAYS:
        return f"judged on {days:.0f} days: fewer than {FEWEST_DAYS} decide nothing"
    return ""


def _miss(window: pd.DataFrame, out: Forecast, variable: str) -> float:
    """Distance of the shares inside the 80 and the 90 % interval from what they should be, summed. NaN where
    a single value has a chance of its own: an interval that begins at the dry hours holds more than its
    share by rights, and the narrower it is wrongly made, the nearer it comes."""
    if not KNOWN[variable].continuous:
        return math.nan
    found = metrics(window, out)
    return abs(found["coverage_80"] - 0.8) + abs(found["coverage_90"] - 0.9)
