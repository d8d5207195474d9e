"""What a replay found: counted over batches of cycles, with a few examples, and shown.

Belongs here: counts and the table of examples. Does not: reading, parsing and comparing (see replay).
"""

from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.tables.row_diff import RowDiff

_EXAMPLES = 10
_COLUMNS = {
    "what": "what",
    "feed": "feed",
    "location_id": "place",
    "cycle": "cycle",
    "valid_time": "valid",
    "column": "column",
    "before": "before",
    "after": "after",
}


class Found:
    """Differences added up over batches of cycles, with the first few as examples."""

    def __init__(self) -> None:
        self.added = self.removed = self.same = self.set_aside = 0
        self.by_column: dict[str, int] = {}
        self.examples: list[dict[str, Any]] = []

    def add(self, diff: "RowDiff", set_aside: int) -> None:
        self.added += len(diff.added)
        self.removed += len(diff.removed)
        self.same += diff.same
        self.set_aside += set_aside
        for column, count in diff.changed["column"].value_counts().items():
            self.by_column[str(column)] = self.by_column.get(str(column), 0) + int(count)
        room = _EXAMPLES - len(self.examples)
        for what, rows in (("added", diff.added), ("removed", diff.removed), ("changed", diff.changed)):
            few = _readable(rows.head(max(0, room // 3 + 1)))
            self.examples += [
                {str(k): v for k, v in row.items()} for row in few.assign(what=what).to_dict("records")
            ]

    def counts(self) -> dict[str, Any]:
        return {
            "rows_same": self.same,
            "rows_added": self.added,
            "rows_removed": self.removed,
            "values_changed": self.by_column,
            "rows_set_aside": self.set_aside,
        }


def _readable(rows: "pd.DataFrame") -> "pd.DataFrame":
    """As text, times no longer than they must be: eight columns stand side by side."""
    times = rows.select_dtypes("datetimetz")
    return rows.assign(**{str(name): times[name].dt.strftime("%Y-%m-%dT%H:%MZ") for name in times}).astype(
        str
    )


def show(summary: dict[str, Any], found: Found, console: Console, diff: bool) -> None:
    """Counts, and with `diff` what changed by column, with examples."""
    console.print(
        f"{summary['provider']}: {summary['cycles']} cycles, {summary['first']} to {summary['last']}\n"
        f"{found.same:,} rows the same, {found.added:,} added, {found.removed:,} removed, "
        f"{sum(found.by_column.values()):,} values changed, {found.set_aside:,} rows set aside"
    )
    if not diff:
        return
    for column, count in sorted(found.by_column.items()):
        console.print(f"  {column}: {count:,} values changed")
    if found.examples:
        console.print(_table(found.examples))


def _table(examples: list[dict[str, Any]]) -> Table:
    """Only the columns that have something, and nothing cut: a time without its hour tells nothing."""
    table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    shown = {name: heading for name, heading in _COLUMNS.items() if any(name in row for row in examples)}
    for name, heading in shown.items():
        table.add_column(heading, overflow="fold", no_wrap=name in ("what", "cycle", "valid_time"))
    for row in examples:
        table.add_row(*(escape(row.get(name, "")) for name in shown))
    return table
