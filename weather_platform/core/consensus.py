"""How far each feed is from what the other providers say of the same hours, and whether it says anything new.

Belongs here: the two measurements, as Ibis expressions over any number of cycles. Does not: verdicts
(core.feed_health). A provider has one vote, however many models it serves, so that a mistake of its own
cannot outvote the others.
"""

from collections.abc import Sequence
from datetime import timedelta

import ibis
import numpy as np
import pandas as pd

from weather_platform.core.targets import KNOWN

# How long ago a feed may not have said the very same: two cycles and a day. One cycle may pass between runs.
REPEATS = (timedelta(hours=12), timedelta(hours=24))
QUORUM = 3  # of two that differ nobody can say which is wrong
_VALUES_FOR_REPEAT = 2


def offsets(grid: ibis.Table, variables: Sequence[str]) -> pd.DataFrame:
    """Per `feed`, `cycle` and one of `variables`: `n` values, most `providers` at an hour, and the `offset`
    from the consensus (null where fewer than three providers speak, or amounts are too small).

    The consensus is the median over providers of their models' mean, itself included: with three providers
    one wrong one cannot move it past the other two.
    """
    hour = ["variable", "location_id", "cycle", "valid_time"]
    # A union, not a pivot: that is written with positions of arrays, which few engines read.
    rows = ibis.union(
        *(grid.select("feed", *hour[1:], variable=ibis.literal(name), value=grid[name]) for name in variables)
    )
    rows = rows.filter(rows.value.notnull()).mutate(provider=rows.feed.split("/")[0])
    votes = rows.group_by("provider", *hour).agg(value=rows.value.mean())
    pairs = rows.join(median(votes, hour).rename(center="median", providers="of"), hour)
    compared = pairs.providers >= QUORUM
    by = ["feed", "cycle", "variable"]
    counted = pairs.group_by(by).agg(
        n=pairs.count(),
        providers=pairs.providers.max(),
        said=pairs.value.sum(where=compared),
        agreed=pairs.center.sum(where=compared),
    )
    away = pairs.filter(compared).select(*by, value=lambda t: t.value - t.center)
    found = counted.left_join(median(away, by).drop("of"), by).select(*counted.columns, "median").execute()
    ratio = found["variable"].map({name: KNOWN[name].rule.ratio for name in variables}).astype(bool)
    offset = found["median"].astype("float64").where(~ratio, _ln_ratios(found))
    # Sums differ in their last bits with the order in which threads add them. Rounded they are the same:
    # first to a place where no tie lies, and + 0 since a hair below nothing rounds to −0, which is
    # other bytes.
    return found[[*by, "n", "providers"]].assign(offset=offset.round(9).round(3) + 0.0)


def _ln_ratios(sums: pd.DataFrame) -> pd.Series:
    """ln(said / agreed), where one of them is enough; each is taken as a thousandth of that at least."""
    enough = sums["variable"].map({name: it.rule.enough for name, it in KNOWN.items() if it.rule.ratio})
    said, agreed = (
        sums[name].astype("float64").clip(lower=enough / 1000).where(enough.notna())
        for name in ("said", "agreed")
    )
    ratio = pd.Series(np.log(said / agreed), index=sums.index)
    return ratio.where((said >= enough) | (agreed >= enough))


def median(rows: ibis.Table, by: list[str]) -> ibis.Table:
    """Exact `median` of `value` and number `of` rows by group, in SQL that every warehouse has."""
    window = ibis.window(group_by=by, order_by="value")
    ranked = rows.mutate(rank=ibis.row_number().over(window), of=rows.count().over(ibis.window(group_by=by)))
    middle = ranked.filter((2 * ranked["rank"] - ranked["of"] + 1).abs() <= 1)
    return middle.group_by(by).agg(median=middle.value.mean(), of=middle["of"].max())


def repeats(grid: ibis.Table, variables: Sequence[str]) -> ibis.Table:
    """Per `feed` and `cycle`: `hours` since the newest earlier cycle among REPEATS of which every value of
    `variables` at common hours is the same, and `same`, how many hours that was.

    Hours at which a feed has fewer than two values prove nothing.
    """
    present = sum((grid[name].notnull().cast("int64") for name in variables), ibis.literal(0))
    told = grid.filter(present >= _VALUES_FOR_REPEAT)
    return ibis.union(*(_repeat(told, variables, back) for back in REPEATS))


def _repeat(told: ibis.Table, names: Sequence[str], back: timedelta) -> ibis.Table:
    seconds = int(back.total_seconds())
    key = ["feed", "location_id", "valid_time"]
    shifted = (told.cycle.epoch_seconds() + seconds).as_timestamp("s").cast("timestamp('UTC', 6)")
    before = told.select(*key, cycle=shifted, **{f"before_{name}": told[name] for name in names})
    both = told.join(before, [*key, "cycle"])
    alike = ibis.and_(*(both[name].identical_to(both[f"before_{name}"]) for name in names))
    found = both.group_by("feed", "cycle").agg(same=alike.cast("int64").sum(), of=both.count())
    return found.filter(found.same == found["of"]).select(
        "feed", "cycle", "same", hours=ibis.literal(seconds / 3600)
    )


def issue_ages(forecasts: ibis.Table) -> ibis.Table:
    """Per `feed` and `cycle`: `issue_age_hours` of the newest run at the fetch; null where none is told."""
    age = (forecasts.fetched_at.epoch_seconds() - forecasts.issue_time.epoch_seconds()) / 3600
    return forecasts.group_by("feed", "cycle").agg(issue_age_hours=age.min())
