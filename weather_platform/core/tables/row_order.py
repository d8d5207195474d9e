"""Rows in the order of a key, and keys that come twice.

Belongs here: ordering of Arrow columns. Does not: contracts. Text is ordered by code point, as DuckDB and
BigQuery order it.
"""

from collections.abc import Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc


def sort_order(keys: Sequence[pa.ChunkedArray]) -> pa.Array | None:
    """Stable order of the rows by the key columns, as row numbers; None where they are in that order already.

    Nulls sort last. The test costs a tenth of the sort, and most frames come sorted.
    """
    if not keys or len(keys[0]) < 2:
        return None
    pairs = _adjacent(keys)
    not_after = reduce(
        lambda later, pair: pc.or_(pc.less(*pair), pc.and_(pc.equal(*pair), later)),
        reversed(pairs[:-1]),
        pc.less_equal(*pairs[-1]),
    )
    if pc.all(not_after, skip_nulls=False).as_py():
        return None
    names = [str(i) for i in range(len(keys))]
    return pc.sort_indices(
        pa.table(list(keys), names=names), sort_keys=[(name, "ascending") for name in names]
    )


def ordered(rows: pa.Table, key: Sequence[str]) -> pa.Table:
    """The rows in order of the columns of `key`; the same object where they are, or it is empty."""
    order = sort_order([rows[name] for name in key])
    return rows if order is None else rows.take(order)


def first_repeat(keys: Sequence[pa.ChunkedArray]) -> int | None:
    """Of rows sorted by key, the number of the first with the key of the row before, or None."""
    if not keys or len(keys[0]) < 2:
        return None
    same = reduce(pc.and_, (pc.equal(*pair) for pair in _adjacent(keys)))
    found = pc.index(same, True).as_py()
    return None if found < 0 else found + 1


def _adjacent(keys: Sequence[pa.ChunkedArray]) -> list[tuple[pa.Array, pa.Array]]:
    """Per key column, the values of every row but the last beside those of every row but the first."""
    whole = [key.combine_chunks() if isinstance(key, pa.ChunkedArray) else key for key in keys]
    return [(key[:-1], key[1:]) for key in whole]
