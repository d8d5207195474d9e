"""Frames and contracts: shape is brought about or refused, bad rows are told apart with their reason."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.contracts import errors, forecast, learned, scores, truth
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.contract import Column, Contract
from weather_platform.core.tables.dtypes import DTYPES, TEXT, TIME
from weather_platform.core.tables.row_order import first_repeat, sort_order
from weather_platform.core.tables.schema import (
    ContractError,
    arrow_schema,
    check,
    conform,
    empty,
    pandera_schema,
)

SMALL = Contract(
    name="small",
    description="Every kind of column once.",
    columns=(
        Column("place", "text", "Key", nullable=False),
        Column("cycle", "time", "Key", nullable=False),
        Column("hours", "int", "Whole number", nullable=False, ge=0, le=24),
        Column("humidity", "float", "0-1", ge=0, le=1),
        Column("height_m", "float", "Unbounded"),
        Column("seen", "time", "Nullable time"),
        Column("note", "text", "Nullable text"),
        Column("simulated", "bool", "Flag", nullable=False),
    ),
    key=("place", "cycle"),
    partition_column="cycle",
    grain=CYCLE,
    extra_float=r"value__\w+",
)
START = datetime(2026, 8, 1, tzinfo=UTC)
CONTRACTS = [
    value
    for module in (errors, forecast, learned, scores, truth)
    for value in vars(module).values()
    if isinstance(value, Contract)
]


def small(**changes: object) -> pd.DataFrame:
    """Three good rows, with some columns exchanged."""
    columns: dict[str, object] = {
        "place": ["a", "b", "c"],
        "cycle": [START] * 3,
        "hours": [1, 2, 3],
        "humidity": [0.0, None, 1.0],
        "height_m": [1.0, 2.0, 3.0],
        "seen": pd.Series([None, START, None], dtype=TIME),
        "note": ["", None, "x"],
        "simulated": [True, False, True],
    }
    return pd.DataFrame(columns | changes)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_every_contract_has_types_in_all_forms(contract: Contract) -> None:
    frame = empty(contract)
    assert list(frame.columns) == list(contract.column_names)
    assert conform(frame, contract) is frame
    assert check(frame, contract).bad.empty
    assert arrow_schema(contract).names == list(contract.column_names)
    assert not [c.name for c in contract.columns if c.kind in ("int", "bool") and c.nullable]
    assert all(contract.by_name[name].nullable is False for name in contract.key)


def test_conform_orders_casts_sorts_and_adds_what_may_be_null() -> None:
    given_frame = (
        small(hours=[1.0, 2.0, 3.0])
        .iloc[::-1]
        .drop(columns="height_m")[["note", "simulated", "hours", "cycle", "humidity", "seen", "place"]]
    )
    frame = conform(given_frame, SMALL)
    assert list(frame.columns) == list(SMALL.column_names)
    assert [frame[c.name].dtype for c in SMALL.columns] == [DTYPES[c.kind] for c in SMALL.columns]
    assert frame["place"].tolist() == ["a", "b", "c"]
    assert frame.index.tolist() == [0, 1, 2], "labels stay with their rows"
    assert frame["height_m"].isna().all()
    assert frame["note"].tolist() == ["", pd.NA, "x"]
    assert conform(frame, SMALL) is frame


def test_conform_keeps_allowed_extra_columns_sorted_at_the_end() -> None:
    frame = conform(small(value__b=[1, 2, 3], value__a=[1.0, None, 2.0]), SMALL)
    assert list(frame.columns[-2:]) == ["value__a", "value__b"]
    assert check(frame, SMALL).bad.empty
    assert check(frame.assign(value__a=[1.0, np.inf, 2.0]), SMALL).bad["column"].tolist() == ["value__a"]


def test_conform_brings_other_zones_to_utc() -> None:
    local = pd.Series([START.astimezone(timezone(timedelta(hours=5, minutes=45)))] * 3)
    frame = conform(small(cycle=local), SMALL)
    assert frame["cycle"].dtype == TIME
    assert frame["cycle"][0].to_pydatetime() == START


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"cycle": pd.Series([START.replace(tzinfo=None)] * 3)}, "small.cycle: .*zone"),
        ({"hours": [1.5, 2, 3]}, "small.hours: .*whole"),
        ({"hours": [None, 2, 3]}, "small.hours: .*whole"),
        ({"humidity": ["0.1", "0.2", "x"]}, "small.humidity: .*numbers"),
        ({"place": [1, 2, 3]}, "small.place: .*text"),
        ({"simulated": [True, None, False]}, "small.simulated: .*true or false"),
        ({"wind": [1.0, 2.0, 3.0]}, "not in the contract: wind"),
    ],
)
def test_conform_refuses_what_cannot_be_of_the_kind(changes: dict[str, object], named: str) -> None:
    with pytest.raises(ContractError, match=named):
        conform(small(**changes), SMALL)


def test_conform_refuses_missing_required_columns() -> None:
    with pytest.raises(ContractError, match="required columns are missing: place, hours"):
        conform(small().drop(columns=["place", "hours"]), SMALL)


def test_columns_that_come_twice_are_refused() -> None:
    frame = small()
    with pytest.raises(ContractError, match="columns come twice: note"):
        conform(pd.concat([frame, frame["note"]], axis=1), SMALL)


def test_index_labels_may_repeat() -> None:
    frame = small(humidity=[0.1, 7.0, 0.3]).set_index(pd.Index([5, 5, 5]))
    good, bad = check(conform(frame.iloc[::-1], SMALL), SMALL)
    assert good["place"].tolist() == ["a", "c"]
    assert bad[["row", "value"]].to_numpy().tolist() == [[5, "7.0"]]


def test_check_refuses_a_frame_that_was_not_conformed() -> None:
    with pytest.raises(ContractError, match="conform the frame first"):
        check(small(), SMALL)
    frame = conform(small(), SMALL)
    for column in frame.columns:  # of each its dtype alone is another
        with pytest.raises(ContractError, match="conform the frame first"):
            check(frame.assign(**{column: frame[column].astype(object)}), SMALL)


def test_check_names_row_column_reason_and_value() -> None:
    frame = conform(
        small(
            hours=[1, 25, 3],
            humidity=[1.5, -0.1, 0.5],
            height_m=[1.0, 2.0, -np.inf],
            place=["a", None, "c"],
        ).set_index(pd.Index([10, 20, 30])),
        SMALL,
    )
    checked = check(frame, SMALL)
    assert checked.good.empty
    assert sorted(checked.bad.fillna("").itertuples(index=False, name=None)) == [
        (10, "humidity", "above 1", "1.5"),
        (20, "hours", "above 24", "25"),
        (20, "humidity", "below 0", "-0.1"),
        (20, "place", "missing, but never null", ""),
        (30, "height_m", "not a finite number", "-inf"),
    ]
    assert checked.bad.dtypes.tolist()[1:] == [TEXT] * 3


def test_rows_that_are_good_but_for_their_key_are_split_in_whatever_order_they_come() -> None:
    rows = small(place=["b", "a", "b"], humidity=[0.1, 0.2, 0.3])
    for frame in (conform(rows, SMALL, sort=False), conform(rows, SMALL)):
        checked = check(frame, SMALL)
        assert sorted(checked.good["humidity"]) == [0.2, 0.3]
        assert checked.bad["reason"].tolist() == ["the key comes again in a later row"]


def test_an_extra_column_must_match_as_a_whole() -> None:
    with pytest.raises(ContractError, match=r"not in the contract: value__a\.b"):
        conform(small().assign(**{"value__a.b": 1.0}), SMALL)


def test_of_rows_with_one_key_the_last_good_one_is_kept() -> None:
    frame = conform(small(place=["a", "a", "a"], humidity=[0.1, 0.2, 9.0]), SMALL)
    good, bad = check(frame, SMALL)
    assert good["humidity"].tolist() == [0.2]
    assert list(zip(bad["row"], bad["column"], bad["reason"], strict=True)) == [
        (0, "", "the key comes again in a later row"),
        (2, "humidity", "above 1"),
    ]


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "ä", "Z", "", None]),
        st.integers(0, 3),
        st.integers(-1, 25),
        st.one_of(st.none(), st.floats(-1, 2), st.sampled_from([np.inf, -np.inf])),
        st.one_of(st.none(), st.floats(allow_nan=False)),
    ),
    max_size=12,
)


def frame_of(values: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(values, columns=["place", "step", "hours", "humidity", "height_m"])
    cycle = pd.Timestamp(START) + pd.to_timedelta(frame.pop("step").astype("int64") * 6, unit="h")
    return frame.assign(cycle=cycle, simulated=False)


@given(rows)
def test_good_and_bad_rows_are_a_partition_that_pandera_agrees_with(values: list[tuple[object, ...]]) -> None:
    frame = conform(frame_of(values), SMALL)
    good, bad = check(frame, SMALL)
    assert sorted([*good.index, *bad["row"].unique()]) == sorted(frame.index)
    pandera_schema(SMALL).validate(good, lazy=True)
    pd.testing.assert_frame_equal(check(good, SMALL).good, good)


@given(rows, st.randoms())
def test_conform_is_idempotent_and_forgets_the_order_of_rows(
    values: list[tuple[object, ...]], random: Random
) -> None:
    frame = conform(frame_of(values), SMALL)
    pd.testing.assert_frame_equal(conform(frame, SMALL), frame)
    unique = frame.dropna(subset="place").drop_duplicates(list(SMALL.key))
    order = random.sample(range(len(unique)), len(unique))
    pd.testing.assert_frame_equal(conform(unique.iloc[order], SMALL), conform(unique, SMALL))


@given(st.lists(st.tuples(st.text(max_size=2), st.integers(0, 2)), max_size=20))
def test_rows_sort_as_python_sorts_and_repeats_are_found(pairs: list[tuple[str, int]]) -> None:
    table = pa.table(
        {
            "text": pa.array([t for t, _ in pairs], pa.string()),
            "n": pa.array([n for _, n in pairs], pa.int64()),
        }
    )
    order = sort_order(table.columns)
    expected = sorted(pairs)
    assert (order is None) == (pairs == expected)
    ordered = table if order is None else table.take(order)
    assert list(zip(*(column.to_pylist() for column in ordered.columns), strict=True)) == expected
    assert (first_repeat(ordered.columns) is None) == (len(set(pairs)) == len(pairs))
