"""Columns that a stored model's coefficients stand for."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.model.amounts import COMMON_AMOUNTS, common_amounts, feed_amounts
from weather_platform.core.model.matrix import (
    feeds_of,
    linear_matrix,
    location_matrix,
    plain_matrices,
    scale_matrix,
    size_matrix,
    tree_matrix,
)
from weather_platform.core.model.own_blend import with_blend
from weather_platform.core.model.trained import FORMAT
from weather_platform_tests.core.synthetic import FEEDS, long_lived


@pytest.mark.parametrize(
    ("variable", "location", "scale"),
    [("temperature_c", 8, 6), ("wind_speed_m_s", 8, 7), ("precipitation_mm", 9, 7)],
)
def test_models_of_other_columns_have_another_format(variable: str, location: int, scale: int) -> None:
    """A model of format 5 has these columns: whoever changes them changes the number, here and there."""
    rows = long_lived().pairs
    rows = with_blend(rows[rows["variable"] == variable], variable, 0.0)
    feeds = feeds_of(rows)
    found = {
        "linear": linear_matrix(rows, variable, feeds, seasonal=False).shape[1] - len(FEEDS),
        "location": location_matrix(rows, variable, feeds, seasonal=False).shape[1] - len(FEEDS),
        "size": size_matrix(rows, variable).shape[1],
        "scale": scale_matrix(rows, variable).shape[1],
        "trees": tree_matrix(rows, variable, feeds, seasonal=False).shape[1] - len(FEEDS),
    }
    assert (FORMAT, found) == (
        "5",
        {"linear": location + 5, "location": location, "size": scale + 1, "scale": scale, "trees": 24},
    )


def test_climatology_counts_most_where_feeds_err_more_than_the_weather_varies() -> None:
    rows = long_lived().pairs.query("variable == 'temperature_c' and feeds_present > 0").head(3)
    rows = rows.assign(blend=10.0, climatology=14.0, climatology_sd=2.0)
    rows["blend_error"] = [0.0, 2.0, 20.0]
    column = location_matrix(rows, "temperature_c", feeds_of(rows), seasonal=False)[:, 4]
    np.testing.assert_allclose(column, [0.0, 2.0, 4 * 400 / 404])


OF_VALUES = (
    *("blend", "bias_corrected", "equal_weight", "persistence", "climatology"),
    *("lagged_newest", "lagged_mean", "blend_before", "blend_after", "value__a", "value__b"),
)
OF_SIZES = (
    *("lead_hours", "spread", "blend_error", "climatology_sd", "member_sd", "feeds_present"),
    "lagged_change",
)
OTHERS = (
    *("last_error", "neighbour_bias", "solar_hour_sin", "solar_hour_cos", "sun_elevation_deg", "latitude"),
    *("longitude", "elevation_m", "elevation_difference_m", "season_sin", "season_cos", "bias__a", "bias__b"),
)


def row(**said: float) -> pd.DataFrame:
    """One of which all is known, each something else."""
    names = (*OF_VALUES, *OF_SIZES, *OTHERS)
    return pd.DataFrame({name: [1 + 0.1 * index] for index, name in enumerate(names)}).assign(**said)


def changed(matrix: np.ndarray, other: np.ndarray) -> dict[int, float]:
    """By position of each column that is another: by how much."""
    return {int(index): (other - matrix)[0, index] for index in np.flatnonzero(np.abs(other - matrix) > 1e-9)}


def test_all_that_is_said_of_a_value_stands_as_how_far_it_is_from_the_blend() -> None:
    cold, warm = row(), row(**{name: float(row()[name][0]) + 100 for name in OF_VALUES})
    lines = [linear_matrix(one, "temperature_c", ("a", "b"), seasonal=True) for one in (cold, warm)]
    trees = [tree_matrix(one, "temperature_c", ("a", "b"), seasonal=True) for one in (cold, warm)]
    assert changed(*lines) == {0: pytest.approx(100)}
    assert list(changed(*trees).values()) == [pytest.approx(100)]
    assert not changed(*(size_matrix(one, "temperature_c") for one in (cold, warm)))


@pytest.mark.parametrize("name", ["last_error", "neighbour_bias", *OF_VALUES[2:]])
def test_a_line_sees_each_thing_that_is_said_where_it_is_said(name: str) -> None:
    matrices = [
        linear_matrix(one, "temperature_c", ("a", "b"), seasonal=False)
        for one in (row(lead_hours=0.0), row(lead_hours=0.0, **{name: 20.0}))
    ]
    more = 20.0 - row()[name][0]
    found = changed(*matrices)
    assert found.pop(min(found)) == pytest.approx(more)
    assert len(found) == (name == "climatology")  # also as much of it as counts beside the blend


def test_cycles_before_and_hours_beside_are_held_to_the_blend_that_they_are_told_in() -> None:
    said = {"lagged_newest": 13.0, "lagged_mean": 9.0, "blend_before": 6.0, "blend_after": 10.0}
    rows = row(blend=99.0, bias_corrected=10.0, **said)
    found = linear_matrix(rows, "temperature_c", ("a", "b"), seasonal=False)
    np.testing.assert_allclose(found[0, -5:-1], [3.0, -1.0, -4.0, 0.0])


def test_what_was_newest_fades_with_the_lead() -> None:
    rows = pd.concat(
        [row(lead_hours=lead, last_error=2.0, persistence=5.0, blend=1.0) for lead in (0, 24, 72)]
    )
    found = location_matrix(rows, "temperature_c", ("a", "b"), seasonal=False)[:, 1:3]
    np.testing.assert_allclose(found, np.exp([[0], [-1], [-3]]) * [2.0, 4.0])


@pytest.mark.parametrize("variable", ["temperature_c", "relative_humidity"])
def test_a_size_sees_each_thing_that_makes_errors_large_in_a_column_of_its_own(variable: str) -> None:
    usual = size_matrix(row(blend=0.5), variable)
    found = [changed(usual, size_matrix(row(blend=0.5, **{name: 30.0}), variable)) for name in OF_SIZES]
    assert sorted(position for one in found for position in one) == [0, 1, 2, 3, 4, 5, usual.shape[1] - 1]
    assert all(len(one) == 1 and min(one.values()) > 0.5 for one in found)


def test_room_to_a_bound_is_seen_on_both_sides_of_a_chance_and_nowhere_else() -> None:
    at = {blend: scale_matrix(row(blend=blend), "relative_humidity")[0, 6:] for blend in (0.0, 0.2, 1.0)}
    np.testing.assert_allclose(at[0.0], np.log([0.05, 1.05]))
    np.testing.assert_allclose(at[1.0], np.log([1.05, 0.05]))
    np.testing.assert_allclose(at[0.2], np.log([0.25, 0.85]))
    assert scale_matrix(row(), "temperature_c").shape == (1, 6)


def test_the_textbooks_emos_sees_its_blend_and_both_spreads_as_one() -> None:
    rows = pd.concat(
        [
            row(spread=spread, member_sd=among, lead_hours=10.0)
            for spread in (3.0, np.nan)
            for among in (4.0, np.nan)
        ]
    )
    location, scale = plain_matrices(rows)
    assert location.tolist() == [[rows["bias_corrected"].iloc[0]]] * 4
    np.testing.assert_allclose(scale[:, 0], np.log([5.05, 3.05, 4.05, np.nan]))
    np.testing.assert_allclose(scale[:, 1], np.log(11.0))
    alone = plain_matrices(row(spread=3.0).drop(columns="member_sd"))[1]
    assert alone[0, 0] == pytest.approx(np.log(3.05))


def test_feeds_stand_without_their_bias_and_one_that_never_spoke_is_none() -> None:
    rows = row(blend=10.0, value__a=15.0, bias__a=2.0, value__b=9.0, bias__b=-1.0).assign(value__c=np.nan)
    assert feeds_of(rows) == ("a", "b")
    found = location_matrix(rows, "temperature_c", feeds_of(rows), seasonal=False)
    np.testing.assert_allclose(found[0, -2:], [3.0, 0.0])


def test_of_amounts_a_hurdle_sees_roots_and_who_says_that_it_is_wet() -> None:
    rows = row(
        bias_corrected=4.0,
        value__a=9.0,
        bias__a=0.0,
        value__b=0.0,
        bias__b=0.0,
        expected_error=25.0,
        spread=16.0,
        elevation_m=700.0,
    ).assign(value__c=np.nan, bias__c=np.nan, value__d=0.1, bias__d=0.0)
    feeds = ("a", "b", "c", "d")
    rows = pd.concat([rows, rows.assign(value__c=8.0, bias__c=0.0)])  # in another row it speaks
    found = feed_amounts(rows, feeds)[0]
    np.testing.assert_allclose(found[:4], [1.0, -2.0, np.nan, np.sqrt(0.1) - 2.0])
    np.testing.assert_allclose(found[4:], [1 / 3, -2 / 3, np.nan, 1 / 3])
    common = common_amounts(rows)[0]
    assert len(common) == COMMON_AMOUNTS
    assert (common[0], common[2], common[5]) == (2.0, 4.0, 5.0)
    np.testing.assert_allclose(common[-3:], [np.log(4.1), 2 / 3, 700.0])
    corrected = feed_amounts(rows.assign(bias__a=5.0), feeds)[0]
    assert corrected[:2] == pytest.approx([0.0, -2.0])
