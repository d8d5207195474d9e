"""Partition keys as a condition on the partition column.

Belongs here: the fewest ranges that cover the keys. BigQuery reads only the partitions that constant bounds
leave over, and a table may require such a condition.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from weather_platform.core.partitions import Grain
from weather_platform.core.tables.contract import Contract
from weather_platform.infra.bigquery.names import column_id, instant, quoted, text

# What BigQuery can hold at all; stands for "every partition" where a condition is required.
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


def condition(contract: Contract, keys: Sequence[str] | None) -> str:
    """GoogleSQL that holds for the rows of these partitions; of every row where `keys` is None."""
    if contract.partition_column is None:
        return "TRUE"
    if keys is not None and not keys:
        return "FALSE"
    column = quoted(column_id(contract.partition_column))
    if contract.grain is None:
        return (
            "TRUE" if keys is None else f"{column} IN ({', '.join(text(key) for key in sorted(set(keys)))})"
        )
    ranges = [(_FIRST, _LAST)] if keys is None else windows(contract.grain, keys)
    parts = [f"{column} >= {instant(start)} AND {column} < {instant(end)}" for start, end in ranges]
    return parts[0] if len(parts) == 1 else " OR ".join(f"({part})" for part in parts)


def windows(grain: Grain, keys: Sequence[str]) -> list[tuple[datetime, datetime]]:
    """The keys' windows, [start, end), those that touch made one. Raises ValueError for a key of another
    grain.
    """
    merged: list[tuple[datetime, datetime]] = []
    for start in sorted({grain.start(key) for key in keys}):
        end = start + grain.length
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
