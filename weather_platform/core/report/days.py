"""One cycle's forecast of whole days as people read it: a place day by day, and many places for one day.

Belongs here: choosing and formatting cells. Does not: which cycle it is, or how a table is drawn.
"""

from collections.abc import Sequence

import pandas as pd

from weather_platform.core.days.statistics import DAILIES, shown_dailies
from weather_platform.core.quantities.shown import System, shown
from weather_platform.core.report.outlook import HIGH, LOW, NO_FEED, between, written
from weather_platform.core.report.tables import percent

RANGE = "80 %"


def by_day(rows: pd.DataFrame, targets: Sequence[str], system: System = "si") -> pd.DataFrame:
    """Cells of one place, a line a day (the index, `date`). `rows`: DAILY_PREDICTION of a cycle.

    As `_cells`; where days stand on hours without a feed a last column (``, ``) says so.
    """
    return _cells(rows, "date", targets, system)


def first_days(rows: pd.DataFrame, targets: Sequence[str], system: System = "si") -> pd.DataFrame:
    """Cells of many places, a line a place (the index, `location_id`), for the first day of each that all is
    said of: three hours of rain that end soon are of a day whose first temperature is over. Its date is the
    first column (`date`, ``); the others as `_cells`."""
    begins = rows.groupby(["location_id", "variable"], observed=True)["starts_at"].min()
    begins = begins.groupby("location_id", observed=True).max()
    first = rows[rows["starts_at"] == rows["location_id"].map(begins)]
    cells = _cells(first, "location_id", targets, system)
    dates = first.drop_duplicates("location_id").set_index("location_id")["date"]
    cells.insert(0, ("date", ""), dates.reindex(cells.index))
    return cells


def told(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells of `first_days` for a table without small print: ranges behind their medians, one heading
    each."""
    plain: dict[str, pd.Series] = {}
    for name, what in zip(*map(cells.columns.get_level_values, (0, 1)), strict=True):
        if name not in DAILIES:
            plain[name] = cells[name, what]
        elif what == "chance":
            plain["chance of ≥ 1 mm"] = cells[name, what]
        elif what == "median":
            behind = cells[name, what] + " (" + cells[name, RANGE] + ")"
            plain[called(name)] = behind.where(cells[name, what] != "", "")
    return pd.DataFrame(plain)


def called(daily: str) -> str:
    """What people call one of DAILIES, with its unit."""
    one = DAILIES[daily]
    return f"{one.what}, {one.word}, {shown(one.target, 'si').unit}"


def _cells(rows: pd.DataFrame, index: str, targets: Sequence[str], system: System) -> pd.DataFrame:
    """Of each statistic its median and the range that holds four times in five, of a sum the chance of at
    least 1 mm as well; columns are pairs (name in DAILIES, `median`, `80 %` or `chance`)."""
    cells: dict[tuple[str, str], pd.Series] = {}
    for one in shown_dailies(targets):
        of_one = rows[rows["variable"] == one.name].set_index(index).sort_index()
        if of_one.empty:
            continue
        if one.statistic == "sum":
            cells[one.name, "chance"] = of_one["probability"].map(percent)
        cells[one.name, "median"] = written(of_one["q50"], one.target, system)
        cells[one.name, RANGE] = between(of_one[LOW], of_one[HIGH], one.target, system)
    alone = rows.groupby(index, observed=True)["degraded"].any()
    if alone.any():
        cells["", ""] = alone.map({True: NO_FEED, False: ""})
    table = pd.DataFrame(cells).fillna("")
    return table.set_axis(pd.MultiIndex.from_tuples(list(cells), names=["said", "as"]), axis=1)
