"""Columns that a stored model's coefficients stand for."""

import numpy as np
import pytest

from weather_platform.core.model.matrix import (
    feeds_of,
    linear_matrix,
    location_matrix,
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
