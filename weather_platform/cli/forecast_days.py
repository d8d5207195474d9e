"""The tables of `weather-platform forecast --days`.

Belongs here: headings and rows. Does not: which forecast it is (see forecast), or what stands in a cell
(core.report.days).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from weather_platform.cli.ranking import plain_table
from weather_platform.core.quantities.shown import System, shown

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


def days_table(rows: "pd.DataFrame", targets: Sequence[str], units: System) -> "Table":
    """One place, a line a day."""
    from weather_platform.core.report.days import by_day

    return _table(by_day(rows, targets, units), units, "date")


def first_days_table(
    rows: "pd.DataFrame", targets: Sequence[str], names: dict[str, str], units: System
) -> "Table":
    """The first whole day, a line a place, by what `names` call it."""
    from weather_platform.core.report.days import first_days

    cells = first_days(rows, targets, units)
    return _table(cells.set_axis([escape(names[place]) for place in cells.index]), units, "place")


def _table(cells: "pd.DataFrame", units: System, first: str) -> "Table":
    headings = [_heading(units, *column) for column in cells.columns.to_list()]
    table = plain_table("", headings, first=first)
    for name, line in zip(cells.index, cells.itertuples(index=False), strict=True):
        table.add_row(name, *line)
    return table


def _heading(units: System, daily: str, what: str) -> str:
    from weather_platform.core.days.statistics import DAILIES

    if daily not in DAILIES:
        return daily
    one = DAILIES[daily]
    unit = shown(one.target, units).unit
    lines = {"median": f"{one.what}\n{one.word}\n{unit}", "chance": "chance\n≥ 1 mm"}
    return lines.get(what, f"{what}\n{unit}")
