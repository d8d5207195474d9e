"""The newest forecast as a page: the day ahead of all places, and the days and a picture of each.

Belongs here: what stands on the page, in order. Does not: cells (see outlook) or drawing (see meteogram).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from weather_platform.core.days.statistics import DAILIES
from weather_platform.core.quantities.shown import shown
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.report.days import RANGE, by_day
from weather_platform.core.report.feeds import FeedsTold
from weather_platform.core.report.meteogram import meteogram
from weather_platform.core.report.outlook import day_ahead
from weather_platform.core.report.style import LABELS
from weather_platform.core.report.templates import inline, template

_MOST_DRAWN = 40  # places: some 3 MB, and a quarter of a second each
_UTC = ZoneInfo("UTC")


def pictures(rows: pd.DataFrame, variables: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    """Meteograms of the first places of `names`, by location_id, as addresses that hold them; of one cycle's
    predictions (PREDICTION)."""
    by_place = dict(iter(rows.groupby("location_id", observed=True)))
    there = [place for place in names if place in by_place][:_MOST_DRAWN]
    return {place: inline(meteogram(by_place[place], variables, names[place], _UTC)) for place in there}


def outlook_page(
    rows: pd.DataFrame,
    daily: pd.DataFrame,
    variables: Sequence[str],
    names: Mapping[str, str],
    drawn: Mapping[str, str],
    *,
    simulated: bool,
    attributions: Sequence[str] = (),
    feeds: FeedsTold | None = None,
) -> str:
    """HTML of one cycle's predictions (PREDICTION; `daily`: DAILY_PREDICTION) of `variables`; `names`: what
    people call places, by location_id, in the order in which they are shown; `drawn` as `pictures`.
    `simulated` labels the page as made up, `attributions` are texts that providers require, `feeds` tells
    which cannot be believed now."""
    there = [name for name in variables if name in set(rows["variable"])]
    cells = day_ahead(rows, there)
    written = dict(zip(cells.index, cells.to_numpy().tolist(), strict=True))
    listed = [place for place in names if place in written]
    return template("forecast.html").render(
        simulated=simulated,
        known_at=rows["known_at"].max(),
        feeds=feeds,
        names=names,
        headings=["Chance of ≥ 0.1 mm" if name in ACCUMULATED else LABELS[name] for name in there],
        table=[(place, names[place], written[place]) for place in listed],
        drawn=drawn,
        days=_days(daily, variables, drawn),
        attributions=sorted(set(attributions)),
        made_by=[],
    )


class _Days(NamedTuple):
    """A place's table of days: each target with its unit and what is said of its days, and the cells."""

    headings: dict[str, list[str]]
    cells: pd.DataFrame


def _days(daily: pd.DataFrame, variables: Sequence[str], places: Collection[str]) -> dict[str, _Days]:
    """By place."""
    rows = daily[daily["location_id"].isin(places)].groupby("location_id", observed=True)
    tables = {str(place): by_day(of_one, variables) for place, of_one in rows}
    return {place: _Days(_headings(cells), cells) for place, cells in tables.items()}


def _headings(cells: pd.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, what in zip(*map(cells.columns.get_level_values, (0, 1)), strict=True):
        if name and what != RANGE:
            one = DAILIES[name]
            heading = f"{one.what}, {shown(one.target, 'si').unit}"
            found.setdefault(heading, []).append("≥ 1 mm" if what == "chance" else one.word)
    return found
