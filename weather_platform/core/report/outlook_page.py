"""The newest forecast as a page: the day ahead of all places, and a picture of each.

Belongs here: what stands on the page, in order. Does not: cells (see outlook) or drawing (see meteogram).
"""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import pandas as pd

from weather_platform.core.quantities.variables import ACCUMULATED
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
    shown = [place for place in names if place in by_place][:_MOST_DRAWN]
    return {place: inline(meteogram(by_place[place], variables, names[place], _UTC)) for place in shown}


def outlook_page(
    rows: pd.DataFrame,
    variables: Sequence[str],
    names: Mapping[str, str],
    drawn: Mapping[str, str],
    *,
    simulated: bool,
    attributions: Sequence[str] = (),
    feeds: FeedsTold | None = None,
) -> str:
    """HTML of one cycle's predictions (PREDICTION) of `variables`; `names`: what people call places, by
    location_id, in the order in which they are shown; `drawn` as `pictures`. `simulated` labels the page as
    made up, `attributions` are texts that providers require, `feeds` tells which cannot be believed now."""
    there = [name for name in variables if name in set(rows["variable"])]
    cells = day_ahead(rows, there)
    written = dict(zip(cells.index, cells.to_numpy().tolist(), strict=True))
    shown = [place for place in names if place in written]
    return template("forecast.html").render(
        simulated=simulated,
        known_at=rows["known_at"].max(),
        feeds=feeds,
        names=names,
        headings=["Chance of ≥ 0.1 mm" if name in ACCUMULATED else LABELS[name] for name in there],
        table=[(place, names[place], written[place]) for place in shown],
        drawn=drawn,
        attributions=sorted(set(attributions)),
        made_by=[],
    )
