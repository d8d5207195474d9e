"""Sums are the same bits whatever order rows come in, and of the size that they should be."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.tables.exact_sum import exact_sum, sum_in_order

Adding = Callable[[ibis.Value], ibis.Value]


def added(values: Sequence[float | None], how: Adding) -> float:
    table = ibis.memtable(pd.DataFrame({"value": values}))
    return float(table.agg(total=how(table.value)).to_pyarrow()["total"][0].as_py())


@pytest.mark.parametrize("how", [exact_sum, sum_in_order])
@given(values=st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=30), seed=st.integers(0, 100))
def test_a_sum_is_the_same_bits_in_any_order(how: Adding, values: list[float], seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(values).tolist()
    one, other = added(values, how), added(shuffled, how)
    assert np.float64(one).tobytes() == np.float64(other).tobytes()
    exact = sum(map(Fraction, values))
    assert abs(Fraction(one) - exact) <= 1e-9 * len(values)


def test_tenths_add_up_to_tenths() -> None:
    assert added([0.1, 0.2, 0.3], exact_sum) == 0.6
    assert added([-0.1, -0.2, None], exact_sum) == -0.3


@pytest.mark.parametrize("how", [exact_sum, sum_in_order])
def test_nothing_known_adds_up_to_nothing_known(how: Adding) -> None:
    table = ibis.memtable(pd.DataFrame({"value": [np.nan, np.nan]}))
    assert table.agg(total=how(table.value)).to_pyarrow()["total"][0].as_py() is None


def test_counts_stay_whole_and_conditions_hold() -> None:
    table = ibis.memtable(
        pd.DataFrame({"n": [1, 2, 4], "value": [0.5, 0.25, 8.0], "asked": [True, True, False]})
    )
    made = table.agg(n=exact_sum(table.n), value=exact_sum(table.value, where=table.asked)).to_pyarrow()
    assert made.to_pylist() == [{"n": 7, "value": 0.75}]
    assert made.schema.field("n").type == "int64"


@pytest.mark.parametrize("size", [1e-9, 1e14])
def test_values_of_any_size_are_added_in_order(size: float) -> None:
    values = [3 * size, 1 * size, 2 * size]
    assert added(values, sum_in_order) == pytest.approx(6 * size)
