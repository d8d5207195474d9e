"""Which feeds can be believed in a cycle: verdicts.

Belongs here: what is stale, off or absent. Does not: measuring it (core.trust.consensus), what follows from
it (core.trust.trusted), or what is told of it (core.trust.unsound).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.features.axes import microseconds
from weather_platform.core.grid import Table, as_table, computed, forecast_grid
from weather_platform.core.quantities.targets import KNOWN, judged
from weather_platform.core.tables.schema import conform
from weather_platform.core.trust.consensus import REPEATS, offsets, repeats, told
from weather_platform.core.trust.time_shift import fits_what, shifts
from weather_platform.core.uploads.feeds import SPEAKS_FOR

# Of a run that is older than this no provider speaks on a good day; they make two to four a day at least.
OLDEST_ISSUE_HOURS = 20.0
_LEAST_REPEATED = 6  # hours and places that say the same; fewer may do so by chance or on a short horizon
_SCALES = 4.0  # how many robust standard deviations of the providers' offsets a feed may be off


def judge(
    forecasts: Table,
    cycles: Sequence[datetime],
    feeds: Sequence[str],
    dropped: Sequence[str] = (),
    *,
    variables: Sequence[str],
) -> pd.DataFrame:
    """FEED_HEALTH rows of `cycles`, one for each of `feeds` (those expected) and each variable that is judged
    where `variables` are forecast.

    Whoever else speaks, as an imported reply's models that are not asked for today, is judged where it does:
    nobody is believed unjudged. Feeds in `dropped` are files', which speak for a day by what they are: to
    repeat themselves is no fault of theirs, nor that their run is a day older.

    `forecasts` (FORECAST) must hold the cycles and the day before the first.
    """
    table = as_table(forecasts)
    names = judged(variables)
    near = table.filter(table.cycle >= min(cycles) - max(REPEATS), table.cycle <= max(cycles))
    grid = computed(forecast_grid(near, names))
    said = told(grid, names)
    asked = said.only(microseconds(list(cycles)))
    more = [feed for feed in said.feeds if feed not in feeds]
    rows = pd.MultiIndex.from_product(
        [[*feeds, *more], pd.to_datetime(list(cycles), utc=True).as_unit("us"), list(names)],
        names=["feed", "cycle", "variable"],
    ).to_frame(index=False)
    again = repeats(said)
    again = again[(again["same"] >= _LEAST_REPEATED) & ~again["feed"].isin(dropped)]
    again = again.groupby(["feed", "cycle"], as_index=False)[["hours"]].min()
    ages = grid.groupby(["feed", "cycle"], as_index=False)[["issue_age_hours"]].min()
    rows = rows.merge(offsets(asked), "left", ["feed", "cycle", "variable"])
    rows = rows.merge(shifts(asked), "left", ["feed", "cycle"])
    rows = rows.merge(again.rename(columns={"hours": "repeats_hours"}), "left", ["feed", "cycle"])
    rows = rows.merge(ages, "left", ["feed", "cycle"])
    rows = rows[rows["feed"].isin(feeds) | rows["n"].gt(0)].reset_index(drop=True)
    counts = {name: rows[name].fillna(0).astype("int64") for name in ("n", "providers")}
    rows = rows.assign(**counts, allowed=_allowed(rows))
    judged_rows = _with_verdicts(rows, dropped).drop(columns=["least", "most"])
    return conform(judged_rows, FEED_HEALTH).reset_index(drop=True)


def _allowed(rows: pd.DataFrame) -> pd.Series:
    """What each offset may be: the rule's floor, or more where the providers disagree among themselves."""
    floor = rows["variable"].map({name: target.rule.allowed for name, target in KNOWN.items()})
    by = ["cycle", "variable"]
    provider = rows["feed"].str.split("/").str[0].rename("provider")
    own = rows["offset"].abs().groupby([rows["cycle"], rows["variable"], provider]).mean()
    spread = rows[by].merge(own.groupby(by).median().rename("spread"), "left", on=by)["spread"]
    wide = _SCALES * 1.4826 * spread.set_axis(rows.index)
    return floor.where(~(wide > floor), wide).where(rows["offset"].notna())


def _with_verdicts(rows: pd.DataFrame, dropped: Sequence[str]) -> pd.DataFrame:
    oldest = OLDEST_ISSUE_HOURS + rows["feed"].isin(dropped) * (SPEAKS_FOR / timedelta(hours=1))
    old, again = rows["issue_age_hours"] > oldest, rows["repeats_hours"].notna()
    cases = {
        "absent": rows["n"] == 0,
        "stale": old | again,
        "off": rows["lag_hours"].notna() | (rows["offset"].abs() > rows["allowed"]),
        "alone": rows["offset"].isna(),
    }
    verdict = np.select(list(cases.values()), list(cases), "sound")
    ratio = rows["variable"].map({name: target.rule.ratio for name, target in KNOWN.items()})
    texts = {
        "absent": pd.Series("no value in this cycle", index=rows.index),
        "stale": _text("the same as it said %.0f hours before", rows["repeats_hours"]).where(
            again, _text("its newest run was %.0f hours old at the fetch", rows["issue_age_hours"])
        ),
        "off": _text("%+.1f from what the other providers say", rows["offset"])
        .where(~ratio, _text("%.2f times what the other providers say", np.exp(rows["offset"])))
        .where(rows["lag_hours"].isna(), _shifted(rows)),
        "alone": pd.Series("too few providers, or too small amounts, to compare with", index=rows.index),
    }
    reason = pd.Series(None, index=rows.index, dtype=object)
    for name, text in texts.items():
        reason = reason.mask(verdict == name, text)
    return rows.assign(verdict=verdict, reason=reason)


def _shifted(rows: pd.DataFrame) -> pd.Series:
    """Why all that a feed says is off, where its times are."""
    known = rows[rows["lag_hours"].notna()]
    texts = [
        f"its temperatures fit what the others say of about {fits_what(least, most)}: are its times local, "
        "not UTC?"
        for least, most in zip(known["least"], known["most"], strict=True)
    ]
    return pd.Series(texts, index=known.index, dtype=object).reindex(rows.index)


def _text(form: str, values: pd.Series) -> pd.Series:
    return values.map(lambda value: form % value)
