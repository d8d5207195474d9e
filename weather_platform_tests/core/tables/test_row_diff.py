"""Differences between two versions of a table are told by key and column, and nothing else is."""

import numpy as np
import pandas as pd

from weather_platform.core.tables.contract import Column, Contract
from weather_platform.core.tables.row_diff import row_diff

TABLE = Contract(
    name="t",
    description="",
    columns=(Column("k", "int", "", nullable=False), Column("v", "float", ""), Column("s", "text", "")),
    key=("k",),
)


def frame(**rows: tuple[float, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(
        {"k": [int(name[1:]) for name in rows], "v": [v for v, _ in rows.values()]}, dtype=float
    )
    text = pd.array([s for _, s in rows.values()], dtype=pd.StringDtype("pyarrow"))
    return table.astype({"k": "int64"}).assign(s=text)


def test_each_kind_of_difference_is_told_once() -> None:
    before = frame(k1=(1.0, "a"), k2=(2.0, "b"), k3=(np.nan, None), k4=(4.0, None))
    after = frame(k2=(2.5, "b"), k3=(np.nan, None), k4=(4.0, "d"), k5=(5.0, "e"))
    diff = row_diff(before, after, TABLE)
    assert diff.added["k"].tolist() == [5]
    assert diff.removed["k"].tolist() == [1]
    assert diff.changed.to_numpy().tolist() == [[2, "v", "2.0", "2.5"], [4, "s", "null", "d"]]
    assert diff.same == 1
    assert not diff.empty


def test_the_same_rows_do_not_differ_whatever_their_order() -> None:
    rows = frame(k1=(1.0, "a"), k2=(np.nan, None))
    assert row_diff(rows, rows.iloc[::-1], TABLE).empty
    assert row_diff(rows[:0], rows[:0], TABLE).empty
