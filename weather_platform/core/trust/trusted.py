"""Forecasts and their errors without what the verdicts on feeds speak against.

Belongs here: which columns a verdict empties. Does not: any verdict (core.trust.feed_health). What a provider
said stays in `forecasts` as it was said, and on the leaderboard; only features and the recent errors that
they learn from go without it.
"""

from collections.abc import Sequence

import ibis

from weather_platform.core.quantities.targets import KNOWN, columns_of

DISTRUSTED = ("stale", "off")


def trusted(forecasts: ibis.Table, health: ibis.Table, variables: Sequence[str]) -> ibis.Table:
    """The forecasts with null for every one of `variables` that was judged stale or off, and for what it is
    made of where that, or it, was; all rows and columns stay."""
    bad = health.filter(health.verdict.isin(DISTRUSTED))
    speak_against = _judged_by_column(variables)
    flags = bad.group_by("feed", "cycle").agg(
        **{f"not_{name}": bad.variable.isin(by).cast("int64").max() for name, by in speak_against.items()}
    )
    both = forecasts.left_join(flags, ["feed", "cycle"])
    kept = {
        name: ibis.ifelse(both[f"not_{name}"] == 1, ibis.null("float64"), both[name])
        for name in speak_against
    }
    return both.mutate(**kept).select(*forecasts.columns)


def _judged_by_column(variables: Sequence[str]) -> dict[str, list[str]]:
    """Of each column of FORECAST, the variables whose verdict empties it. What `variables` are made of is
    judged too, though it need not be forecast: a wind in knots is off where its components are not.
    """
    wanted = {*variables, *columns_of(variables)}
    found: dict[str, list[str]] = {}
    for name, target in KNOWN.items():
        if name in wanted:
            found.setdefault(target.made_of[0], []).append(name)
    return found


def trusted_errors(errors: ibis.Table, health: ibis.Table, variables: Sequence[str]) -> ibis.Table:
    """Pairs of forecast and truth (FORECAST_ERROR) without those of forecasts judged stale or off: of
    `variables`, by what was judged of the columns that they are made of, too."""
    bad = health.filter(health.verdict.isin(DISTRUSTED)).select("feed", "cycle", "variable")
    made = [
        bad.filter(bad.variable == column).mutate(variable=ibis.literal(name))
        for name in variables
        for column in KNOWN[name].columns
    ]
    return errors.anti_join(ibis.union(bad, *made) if made else bad, ["feed", "cycle", "variable"])
