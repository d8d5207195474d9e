"""The table that ranks methods beside ours, in one look for every command that prints one.

Belongs here: columns, order of what stands apart, the star. Does not: ranks and gains (core), or which tables
a command prints.
"""

from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

_PLAIN, _TINY, _HUGE = "z.3f", 0.02, 1e6
# Two lines each, so that ten columns and the longest feed's name fit into 80.
_NUMBERS = {"crps": "CRPS", "mae": "MAE", "bias": "bias"}
_PERCENT = {"coverage_80": "in\n80 %", "coverage_90": "in\n90 %"}
_OURS = {"ours_crps": "ours\nCRPS", "ours_mae": "ours\nMAE"}
_SHOWN = {
    "ideal": "ideal (reference)",
    "ours_without_feeds": "ours, no feed present",
}
EXPLANATION = (
    "Ranked by CRPS beside ours on the very rows that the method has: methods cover different places and "
    "leads. `ours` is on those rows, `gain` is how much lower our CRPS is; * marks a difference beyond "
    "chance (block bootstrap over days, of six days at least; at most 5 % of all stars are by chance). A "
    "single value's CRPS is its absolute error: compare MAE too."
)


def ranking(title: str, rows: "pd.DataFrame") -> Table:
    """One table of methods, as core.verification.leaderboard ranks them; `ours_mae` where it is known."""
    ours = {column: heading for column, heading in _OURS.items() if column in rows}
    table = plain_table(title, [*_NUMBERS.values(), *_PERCENT.values(), "rows", *ours.values(), "gain\n%"])
    layout = _layout(rows[list(_NUMBERS)])
    apart = rows["method"] == "ours_without_feeds"
    for row in [*rows[~apart].to_dict("records"), *rows[apart].to_dict("records")]:
        is_ours = row["method"] in ("ours", "ours_without_feeds")
        table.add_row(
            escape(_SHOWN.get(row["method"], row["method"])),
            *(number(row[name], layout) for name in _NUMBERS),
            *(_percent(row[name]) for name in _PERCENT),
            f"{row['n']:,}",
            *(number(row[name], layout) for name in ours),
            "" if is_ours else _percent(row["ours_gain"]) + "*" * abs(row["sure"]),
            style={"ours": "bold", "ideal": "dim"}.get(row["method"]),
        )
    return table


def plain_table(title: str, headings: list[str], *, first: str = "method") -> Table:
    """A table without rows yet, an empty line below it; `first` heads what a line is of."""
    table = Table(
        title=escape(title),
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=0,
        caption=" ",
    )
    table.add_column(first, overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def number(value: float, layout: str = _PLAIN) -> str:
    """Three digits behind the point, or another layout; nothing for NaN."""
    return "" if value != value else f"{value:{layout}}"  # noqa: PLR0124 - NaN is the only value unlike itself


def _layout(errors: "pd.DataFrame") -> str:
    """What tells errors apart that are all tiny, as of a humidity in kg/kg, or need a line to write."""
    largest = errors.abs().fillna(0.0).to_numpy(float).max(initial=0.0)
    return _PLAIN if not largest or _TINY <= largest < _HUGE else "z.3g"


def _percent(value: float) -> str:
    return "" if value != value else f"{100 * value:z.1f}"  # noqa: PLR0124
