"""What every warehouse backend must do: a backend's tests give the fixture `warehouse` and inherit this.

Nothing here may know how a backend stores rows.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.tables.contract import Column, Contract
from weather_platform.core.tables.dtypes import TEXT
from weather_platform.core.tables.schema import ContractError, arrow_schema, conform, empty
from weather_platform.infra.warehouse.base import Warehouse

_COLUMNS = (
    Column("place", "text", "Key", nullable=False),
    Column("cycle", "time", "Key and partition", nullable=False),
    Column("step", "int", "Key", nullable=False),
    Column("Value_C", "float", "A column whose case matters"),
    Column("seen", "time", "Nullable time"),
    Column("note", "text", "Nullable text"),
    Column("flag", "bool", "Flag", nullable=False),
)
BY_CYCLE = Contract(
    "by_cycle", "", _COLUMNS, ("place", "cycle", "step"), "cycle", CYCLE, extra_float=r"value__[\w.\-]+"
)
BY_DAY = Contract("by_day", "", _COLUMNS, ("place", "cycle", "step"), "cycle", DAY)
BY_NAME = Contract("by_name", "", _COLUMNS, ("place", "cycle", "step"), "place", None)
WHOLE = Contract("whole", "", _COLUMNS, ("place", "cycle", "step"))
START = datetime(2026, 3, 8, tzinfo=UTC)  # the day on which clocks change in New York
KEYS = CYCLE.keys(START, START + timedelta(days=1))


def rows(cycles: int = 4, steps: int = 3, **changes: Any) -> pd.DataFrame:
    """`steps` rows for each of two places in each of the first cycles, with nulls among them."""
    index = pd.MultiIndex.from_product(
        [["a", "b"], range(cycles), range(steps)], names=["place", "n", "step"]
    )
    frame = index.to_frame(index=False)
    frame["cycle"] = pd.Timestamp(START) + pd.to_timedelta(frame.pop("n") * 6, unit="h")
    frame["Value_C"] = np.where(frame["step"] == 1, np.nan, frame["step"] + 0.1)
    frame["seen"] = frame["cycle"].where(frame["step"] != 0) + pd.Timedelta(microseconds=1)
    frame["note"] = pd.Series(["", None, "ä"] * len(frame), dtype="string[pyarrow]")[: len(frame)]
    return conform(frame.assign(flag=frame["step"] == 2, **changes), BY_CYCLE)


def of_keys(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return frame[frame["cycle"].isin([CYCLE.start(key) for key in keys])]


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))


class WarehouseContract:
    """Inherit, and give a fixture `warehouse` that is empty at the start of each test."""

    def test_a_table_never_written_reads_as_empty_with_types(self, warehouse: Warehouse) -> None:
        for keys in (None, KEYS, []):
            same(warehouse.read("t", BY_CYCLE, keys), empty(BY_CYCLE))
            assert warehouse.expression("t", BY_CYCLE, keys).count().execute() == 0
        assert warehouse.keys("t") == []
        assert warehouse.size("t") == warehouse.size("t", KEYS) == 0

    def test_rows_come_back_sorted_in_the_contract_types(self, warehouse: Warehouse) -> None:
        frame = rows()
        written = warehouse.replace("t", BY_CYCLE, frame.sample(frac=1, random_state=1), KEYS)
        assert written == frame["cycle"].map(BY_CYCLE.grain.key).value_counts().to_dict()
        back = warehouse.read("t", BY_CYCLE)
        same(back, frame)
        assert back["note"].isna().sum() == frame["note"].isna().sum() > 0
        assert (back["note"] == "").sum() > 0
        assert warehouse.keys("t") == KEYS
        assert warehouse.size("t") > 0

    def test_replacing_replaces_exactly_the_named_partitions(self, warehouse: Warehouse) -> None:
        frame = rows()
        warehouse.replace("t", BY_CYCLE, frame, KEYS)
        changed = of_keys(rows(Value_C=7.0), KEYS[1:3])
        warehouse.replace("t", BY_CYCLE, changed, KEYS[1:3])
        same(warehouse.read("t", BY_CYCLE, KEYS[1:3]), conform(changed, BY_CYCLE))
        same(warehouse.read("t", BY_CYCLE, [KEYS[3], KEYS[0], KEYS[3]]), of_keys(frame, [KEYS[0], KEYS[3]]))

    def test_of_no_partitions_there_is_nothing(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(1), KEYS[:1])
        same(warehouse.read("t", BY_CYCLE, []), empty(BY_CYCLE))
        assert warehouse.expression("t", BY_CYCLE, []).count().execute() == 0
        assert warehouse.size("t", []) == 0
        assert warehouse.replace("t", BY_CYCLE, empty(BY_CYCLE), []) == {}
        same(warehouse.read("t", BY_CYCLE), rows(1))

    def test_another_content_is_another_version_also_of_the_same_size(self, warehouse: Warehouse) -> None:
        assert warehouse.versions("t") == {}
        warehouse.replace("t", BY_CYCLE, rows(), KEYS)
        before = warehouse.versions("t")
        assert sorted(before) == KEYS
        assert warehouse.versions("t") == before
        frame = of_keys(rows(), KEYS[:1])
        warehouse.replace("t", BY_CYCLE, frame.assign(flag=~frame["flag"]), KEYS[:1])
        after = warehouse.versions("t")
        assert [key for key in KEYS if after[key] != before[key]] == KEYS[:1]

    def test_partitions_without_rows_become_empty(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(), KEYS)
        warehouse.replace("t", BY_CYCLE, of_keys(rows(), [KEYS[2]]), KEYS[1:3])
        assert set(warehouse.read("t", BY_CYCLE)["cycle"]) == {CYCLE.start(KEYS[i]) for i in (0, 2, 3)}
        for table in ("t", "new"):
            assert warehouse.replace(table, BY_CYCLE, empty(BY_CYCLE), KEYS) == {}
            same(warehouse.read(table, BY_CYCLE), empty(BY_CYCLE))
            assert warehouse.keys(table) == KEYS, "an empty partition was written all the same"

    def test_without_keys_the_whole_table_is_replaced(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(), None)
        before = warehouse.versions("t")
        warehouse.replace("t", BY_CYCLE, of_keys(rows(), [KEYS[1]]), None)
        same(warehouse.read("t", BY_CYCLE), of_keys(rows(), [KEYS[1]]))
        assert all(warehouse.versions("t").get(key) != before[key] for key in KEYS if key != KEYS[1])

    def test_partitions_are_days_names_or_nothing_as_the_contract_says(self, warehouse: Warehouse) -> None:
        frame = rows()
        warehouse.replace("d", BY_DAY, frame, ["2026-03-08"])
        same(warehouse.read("d", BY_DAY, ["2026-03-08"]), frame)
        names = frame.assign(place=frame["place"].map({"a": "Obs 1/ü.csv@0af", "b": "b"}))
        warehouse.replace("n", BY_NAME, names, None)
        assert warehouse.keys("n") == sorted(["Obs 1/ü.csv@0af", "b"])
        assert set(warehouse.read("n", BY_NAME, ["Obs 1/ü.csv@0af"])["place"]) == {"Obs 1/ü.csv@0af"}
        warehouse.replace("w", WHOLE, frame, None)
        same(warehouse.read("w", WHOLE), frame)
        warehouse.replace("w", WHOLE, frame.head(1), None)
        same(warehouse.read("w", WHOLE), frame.head(1))

    def test_a_table_below_another_is_another(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(1), KEYS[:1])
        warehouse.replace("t/u", BY_CYCLE, rows(2), KEYS[:2])
        assert warehouse.keys("t") == KEYS[:1]
        assert warehouse.keys("t/u") == KEYS[:2]
        assert len(warehouse.read("t", BY_CYCLE)) == len(rows(1))

    @pytest.mark.parametrize("table", ["", "../t", "t/..", "/t", "t//u", "t;drop"])
    def test_table_names_that_lead_elsewhere_are_refused(self, warehouse: Warehouse, table: str) -> None:
        with pytest.raises(ValueError, match="table name"):
            warehouse.replace(table, WHOLE, rows(), None)

    def test_keys_of_another_grain_are_refused(self, warehouse: Warehouse) -> None:
        with pytest.raises(ValueError, match="2026-03-08"):
            warehouse.read("t", BY_CYCLE, ["2026-03-08"])
        with pytest.raises(ValueError, match="has no partitions"):
            warehouse.replace("w", WHOLE, rows(), KEYS)

    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            (rows(3), r"t: 6 rows lie outside .*for example in '2026-03-08T12Z'; filter by cycle"),
            (pd.concat([rows(2), rows(1)]), r"t: several rows have the key \{'place': 'a', .*'step': 0\}"),
            (rows(2, place=None), r"by_cycle.place: never null, but missing in 12 rows"),
            (rows(2).drop(columns="flag"), r"required columns are missing: flag"),
            (rows(2).assign(other=1.0), r"not in the contract: other"),
        ],
        ids=["outside", "repeated", "null", "missing", "unknown"],
    )
    @pytest.mark.parametrize("as_ibis", [False, True])
    def test_bad_rows_are_refused_before_anything_is_written(
        self, warehouse: Warehouse, frame: pd.DataFrame, message: str, as_ibis: bool
    ) -> None:
        warehouse.replace("t", BY_CYCLE, rows(), KEYS)
        with pytest.raises(ContractError, match=message):
            warehouse.replace("t", BY_CYCLE, ibis.memtable(frame) if as_ibis else frame, KEYS[:2])
        same(warehouse.read("t", BY_CYCLE), rows())

    def test_columns_can_be_chosen(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(), KEYS)
        same(warehouse.read("t", BY_CYCLE, KEYS[:1], ["Value_C", "step"]), rows(1)[["Value_C", "step"]])

    def test_extra_columns_of_partitions_are_joined_by_name(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(1).assign(**{"value__b.c-d": 1.0, "value__a": 2.0}), KEYS[:1])
        warehouse.replace("t", BY_CYCLE, of_keys(rows(2, value__c=3.0), KEYS[1:2]), KEYS[1:2])
        back = warehouse.read("t", BY_CYCLE)
        assert list(back.columns) == [*BY_CYCLE.column_names, "value__a", "value__b.c-d", "value__c"]
        assert back.groupby("cycle")["value__c"].count().tolist() == [0, 6]
        lazy = warehouse.expression("t", BY_CYCLE)
        assert list(lazy.columns) == list(back.columns)
        assert lazy["value__b.c-d"].count().execute() == 6
        narrower = replace(BY_CYCLE, extra_float="value__[ac]")
        for read in (warehouse.read, warehouse.expression):
            assert list(read("t", narrower).columns) == [*BY_CYCLE.column_names, "value__a", "value__c"]

    def test_partitions_older_than_a_column_read_it_as_null(self, warehouse: Warehouse) -> None:
        old = Contract("t", "", tuple(c for c in _COLUMNS if c.name != "note"), BY_CYCLE.key, "cycle", CYCLE)
        warehouse.replace("t", old, rows(1).drop(columns="note"), KEYS[:1])
        assert warehouse.expression("t", BY_CYCLE).note.count().execute() == 0, "as long as none has it"
        warehouse.replace("t", BY_CYCLE, of_keys(rows(2), KEYS[1:2]), KEYS[1:2])
        expected = rows(2)
        expected["note"] = expected["note"].where(expected["cycle"] > START)
        same(warehouse.read("t", BY_CYCLE), expected)
        lazy = warehouse.expression("t", BY_CYCLE).order_by(list(BY_CYCLE.key))
        assert lazy.note.to_pyarrow().to_pylist() == [None if pd.isna(x) else x for x in expected["note"]]

    def test_partitions_older_than_a_required_column_say_so(self, warehouse: Warehouse) -> None:
        old = Contract("t", "", tuple(c for c in _COLUMNS if c.name != "flag"), BY_CYCLE.key, "cycle", CYCLE)
        warehouse.replace("t", old, of_keys(rows(2), KEYS[1:2]).drop(columns="flag"), KEYS[1:2])
        for read in (warehouse.read, warehouse.expression):
            with pytest.raises(ContractError, match=r"2026-03-08T06Z.*required columns.*flag; materialize"):
                read("t", BY_CYCLE)
        warehouse.replace("t", BY_CYCLE, of_keys(rows(3), KEYS[::2]), KEYS[::2])
        same(warehouse.read("t", BY_CYCLE, KEYS[::2]), of_keys(rows(3), KEYS[::2]))
        assert warehouse.size("t", KEYS[::2]) == sum(warehouse.size("t", [key]) for key in KEYS[::2])

    def test_expressions_are_joined_and_stored(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(), KEYS)
        warehouse.replace("u", BY_CYCLE, rows(2, Value_C=5.0), KEYS[:2])
        left, right = warehouse.expression("t", BY_CYCLE, KEYS[1:]), warehouse.expression("u", BY_CYCLE)
        joined = left.join(right.select(*BY_CYCLE.key, other="Value_C"), list(BY_CYCLE.key))
        joined = joined.mutate(Value_C=joined.Value_C + joined.other).drop("other")
        assert warehouse.replace("v", BY_CYCLE, joined, KEYS[1:2]) == {KEYS[1]: 6}
        assert warehouse.read("v", BY_CYCLE)["Value_C"].dropna().round(6).tolist() == [5.1, 7.1, 5.1, 7.1]

    def test_a_table_with_nothing_in_it_is_laid_below_another(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(), KEYS)
        both = ibis.union(warehouse.expression("t", BY_CYCLE), warehouse.expression("never", BY_CYCLE))
        assert both.count().execute() == warehouse.expression("t", BY_CYCLE).count().execute() > 0

    def test_an_expression_over_a_table_may_replace_it(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(), KEYS)
        lazy = warehouse.expression("t", BY_CYCLE)
        warehouse.replace("t", BY_CYCLE, lazy.mutate(Value_C=lazy.Value_C * 2), KEYS)
        same(warehouse.read("t", BY_CYCLE), rows().assign(Value_C=rows()["Value_C"] * 2))

    def test_computed_types_are_brought_to_the_contract_or_refused(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(), KEYS)
        table = warehouse.expression("t", BY_CYCLE)
        summed = table.group_by("place", "cycle").agg(
            step=table.step.sum(), Value_C=table.Value_C.sum().cast("float32"), flag=table.flag.any()
        )
        warehouse.replace("s", BY_CYCLE, summed, KEYS)
        assert warehouse.read("s", BY_CYCLE)["step"].tolist() == [3] * 8
        naive = table.mutate(seen=table.seen.cast("timestamp(6)"))
        with pytest.raises(ContractError, match=r"seen: timestamp.*cast the expression"):
            warehouse.replace("s", BY_CYCLE, naive, KEYS)

    def test_a_computed_nan_is_missing(self, warehouse: Warehouse) -> None:
        nan = ibis.memtable(rows(1)).mutate(Value_C=ibis.literal(float("nan")))
        warehouse.replace("t", BY_CYCLE, nan, KEYS[:1])
        assert warehouse.expression("t", BY_CYCLE).Value_C.count().execute() == 0

    def test_days_and_hours_of_expressions_are_utc(self, warehouse: Warehouse) -> None:
        warehouse.replace("t", BY_CYCLE, rows(), KEYS)
        table = warehouse.expression("t", BY_CYCLE)
        hours = table.select(hour=table.cycle.hour()).distinct().hour.to_pyarrow().to_pylist()
        assert sorted(hours) == [0, 6, 12, 18]
        day = table.select(day=table.cycle.truncate("D").cast("timestamp('UTC', 6)")).distinct()
        assert day.day.to_pyarrow().to_pylist() == [START]
        assert table.filter(table.cycle < START + timedelta(hours=6)).count().execute() == 6


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
times = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(lambda time: time.replace(tzinfo=UTC))  # noqa: DTZ001
values = st.tuples(
    text,
    st.sampled_from(KEYS).map(CYCLE.start),
    st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(allow_nan=False),
    st.none() | times,
    st.none() | text,
    st.booleans(),
)


any_rows = given(st.lists(values, max_size=8, unique_by=lambda row: row[:3]), st.booleans())


def survive(warehouse: Warehouse, given_rows: list[tuple[Any, ...]], as_ibis: bool) -> None:
    """Write the rows, as a frame or an expression, and read the same ones back, both ways."""
    records = [dict(zip(BY_CYCLE.column_names, row, strict=True)) for row in given_rows]
    table = pa.Table.from_pylist(records, arrow_schema(BY_CYCLE))
    frame = table.to_pandas(types_mapper={pa.string(): TEXT}.get)
    warehouse.replace("t", BY_CYCLE, ibis.memtable(frame) if as_ibis else frame, KEYS)
    same(warehouse.read("t", BY_CYCLE), conform(frame, BY_CYCLE))
    lazy = warehouse.expression("t", BY_CYCLE).order_by(list(BY_CYCLE.key)).to_pyarrow()
    assert lazy.to_pylist() == sorted(records, key=lambda record: [record[name] for name in BY_CYCLE.key])


class WarehouseRoundTrip:
    """Any values at all survive. Apart, since hypothesis reuses one fixture for all its examples."""

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @any_rows
    def test_any_rows_survive_a_round_trip(
        self, warehouse: Warehouse, given_rows: list[tuple[Any, ...]], as_ibis: bool
    ) -> None:
        survive(warehouse, given_rows, as_ibis)
