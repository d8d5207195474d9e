"""What of all verdicts on feeds somebody should look at: over the cycles of a run, and now.

Belongs here: what is worth telling, since when it is so, and what our forecast goes without. Does not: any
verdict (core.trust.feed_health), or how it is told (core.health, core.report).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import pandas as pd

from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.trust.trusted import DISTRUSTED

ALL = "all"  # in the place of a variable: all that a feed says
_BY = ["feed", "variable", "verdict"]


@dataclass(frozen=True)
class Fault:
    """Of a `variable` or ALL. `since` is the first of the unbroken line of cycles with this verdict, and
    `longer` whether none older was looked at."""

    variable: str
    verdict: str
    reason: str
    since: datetime
    longer: bool


@dataclass(frozen=True)
class UnsoundFeed:
    """A feed's `faults` in a cycle, and the variables that are forecast without it (`left_out`)."""

    feed: str
    faults: tuple[Fault, ...]
    left_out: tuple[str, ...]

    @property
    def silent(self) -> bool:
        """Whether it says nothing at all."""
        return any((one.variable, one.verdict) == (ALL, "absent") for one in self.faults)

    @property
    def since(self) -> list[list[Fault]]:
        """Its faults, those together that began together, the oldest first."""
        faults = sorted(self.faults, key=lambda one: one.since)
        return [list(alike) for _, alike in groupby(faults, key=lambda one: one.since)]


@dataclass(frozen=True)
class FeedsNow:
    """The newest judged `cycle`: how many `feeds` were judged, and `compared` with others; which are unsound;
    and of each variable that is forecast how many feeds are `heard`."""

    cycle: datetime
    feeds: int
    compared: int
    unsound: tuple[UnsoundFeed, ...]
    heard: dict[str, int]

    def without(self, variable: str) -> list[UnsoundFeed]:
        """The feeds that a forecast of `variable` goes without."""
        return [one for one in self.unsound if variable in one.left_out]


def unsound(health: pd.DataFrame) -> pd.DataFrame:
    """What to look at in FEED_HEALTH rows: `feed`, `variable`, `verdict`, `reason` and how many `cycles` it
    holds for."""
    return _faults(health).groupby([*_BY, "reason"])["cycle"].nunique().rename("cycles").reset_index()


def feeds_now(health: pd.DataFrame, variables: Sequence[str]) -> FeedsNow | None:
    """The newest cycle of `health` (FEED_HEALTH rows, with the cycles before as far as `since` is to be
    known), where `variables` are forecast; None without any."""
    if health.empty:
        return None
    cycle = health["cycle"].max()
    newest, faults = health[health["cycle"] == cycle], _faults(health)
    now = faults[faults["cycle"] == cycle]
    found = [_feed(str(feed), rows, health, faults, variables) for feed, rows in now.groupby("feed")]
    compared = newest.loc[newest["offset"].notna(), "feed"].nunique()
    heard = {name: _heard(newest, name) for name in variables}
    return FeedsNow(cycle.to_pydatetime(), newest["feed"].nunique(), compared, tuple(found), heard)


def _faults(health: pd.DataFrame) -> pd.DataFrame:
    """The rows of `health` that are worth telling. Where a feed is at fault as a whole (it is silent, repeats
    itself, or its times are shifted) that is one row a cycle, of ALL.

    Only what every feed serves is missed where it is absent: not every model has every variable, and amounts
    over six hours do not stand on the grid.
    """
    everywhere = [name for name, target in KNOWN.items() if target.rule.everywhere]
    absent, stale = health["verdict"] == "absent", health["verdict"] == "stale"
    missed = absent & health["variable"].isin(everywhere)
    silent = missed & (health.groupby(["feed", "cycle"])["n"].transform("max") == 0)
    shifted = (health["verdict"] == "off") & health["lag_hours"].notna()
    told = health.assign(variable=health["variable"].mask(stale | silent | shifted, ALL))
    told = told[missed | health["verdict"].isin(DISTRUSTED)]
    return told.drop_duplicates(["feed", "cycle", "variable"])


def _feed(
    feed: str, now: pd.DataFrame, health: pd.DataFrame, faults: pd.DataFrame, variables: Sequence[str]
) -> UnsoundFeed:
    """Of the feed's rows `now` of `faults`."""
    own, before = health[health["feed"] == feed], faults[faults["feed"] == feed]
    named = set(now["variable"])
    left_out = [name for name in variables if named & {ALL, name, *KNOWN[name].columns}]
    first = health["cycle"].min()
    found = []
    for variable, verdict, reason in now[["variable", "verdict", "reason"]].itertuples(index=False):
        since = _since(own, before, variable, verdict)
        found.append(Fault(variable, verdict, reason, since.to_pydatetime(), bool(since == first)))
    return UnsoundFeed(feed, tuple(found), tuple(left_out))


def _since(own: pd.DataFrame, faults: pd.DataFrame, variable: str, verdict: str) -> pd.Timestamp:
    """Where the line of cycles begins that a feed's newest fault goes back. A cycle in which nobody could say
    (dry ones, of rain) breaks no line."""
    like = faults.loc[(faults["variable"] == variable) & (faults["verdict"] == verdict), "cycle"]
    said = own[own["verdict"] != "alone"]
    if variable != ALL:
        said = said[said["variable"] == variable]
    other = said.loc[~said["cycle"].isin(like), "cycle"]
    return like[like > other.max()].min() if len(other) else like.min()


def _heard(newest: pd.DataFrame, variable: str) -> int:
    """How many feeds say something of a variable and are believed in it, and in all that it is made of."""
    made_of = newest["variable"].isin([variable, *KNOWN[variable].columns])
    distrusted = newest.loc[made_of & newest["verdict"].isin(DISTRUSTED), "feed"]
    speak = newest.loc[(newest["variable"] == variable) & (newest["n"] > 0), "feed"]
    return int((~speak.isin(distrusted)).sum())
