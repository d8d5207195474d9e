"""What a table contract is: columns with kinds, bounds and meaning, a key, and the time that partitions it.

A contract is plain data, so that the code location can describe every table without importing pandas.
Whatever enforces or stores a contract (pandera schema, Arrow schema, BigQuery schema, the column list in
the Dagster UI) is derived from it elsewhere; no second list of columns exists.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from weather_platform.core.partitions import Grain

Kind = Literal["text", "float", "int", "time", "bool"]


@dataclass(frozen=True)
class Column:
    """One column. `ge` and `le` are inclusive bounds in the column's own unit, for numbers only."""

    name: str
    kind: Kind
    description: str
    nullable: bool = True
    ge: float | None = None
    le: float | None = None


@dataclass(frozen=True)
class Contract:
    """The shape of a table.

    `partition_column` and `grain` say which partition a row belongs to: the grain's window that holds the
    column's time, or, with `grain` None, the partition named by the text column itself (an upload).
    `partition_column` None means that the table is one piece. `extra_float` is a pattern (matched in full)
    for further nullable float columns, for tables whose width follows the feeds present.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition_column: str | None = None
    grain: Grain | None = None
    extra_float: str | None = None

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def allows_extra(self, name: str) -> bool:
        """Whether a column outside the list may stand in the table."""
        return self.extra_float is not None and re.fullmatch(self.extra_float, name) is not None
