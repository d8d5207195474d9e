"""What a model's evidence holds: each baseline on the rows that it has, and ours on the same."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.model.distributions import emos_quantiles
from weather_platform.core.model.evidence import compare, metrics
from weather_platform.core.model.fallback import from_blend
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.model.train import training_rows
from weather_platform_tests.core.synthetic import long_lived, trained

VARIABLE = "temperature_c"


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    made = long_lived()
    return training_rows(made.pairs, VARIABLE, made.world.cycles[-1]).tail(2000).reset_index(drop=True)


@pytest.mark.parametrize("method", ["emos", "fallback"])
def test_who_says_what_a_baseline_says_is_as_good_as_it(rows: pd.DataFrame, method: str) -> None:
    made = trained(VARIABLE).forecast(rows)
    emos = emos_quantiles(made.location, made.scale, VARIABLE)
    same = replace(made, quantiles=emos if method == "emos" else from_blend(rows, VARIABLE).quantiles)
    line = compare(rows, same, VARIABLE).set_index("method").T[method]
    assert (line["mae"], line["crps"]) == pytest.approx((line["ours_mae"], line["ours_crps"]))
    assert line["difference"] == pytest.approx(0) and line["n"] == len(rows)


def test_ours_is_beside_each_method_on_the_rows_that_it_has(rows: pd.DataFrame) -> None:
    some = rows.index < 50
    mine = rows.assign(value__mine__v1=(rows["observed"] + 1.0).where(some))
    made = trained(VARIABLE).forecast(mine)
    line = compare(mine, made, VARIABLE).set_index("method").T["mine/v1"]
    of_some = Forecast(*(value[some] for value in vars(made).values()))
    expected = metrics(mine[some], of_some)
    assert (line["n"], line["mae"]) == (50, pytest.approx(1.0))
    assert (line["ours_mae"], line["ours_crps"]) == pytest.approx((expected["mae"], expected["crps"]))


def test_what_lies_at_the_end_of_an_interval_is_inside(rows: pd.DataFrame) -> None:
    observed = rows["observed"].to_numpy()
    quantiles = np.repeat(observed[:, None], len(QUANTILES), axis=1)
    nothing = np.full(len(rows), np.nan)
    at_the_end = metrics(rows, Forecast(quantiles, nothing, nothing, nothing))
    assert (at_the_end["coverage_80"], at_the_end["coverage_90"]) == (1.0, 1.0)
    quantiles[:, 1:] += 1.0
    below = metrics(rows, Forecast(quantiles, nothing, nothing, nothing))
    assert (below["coverage_80"], below["coverage_90"]) == (0.0, 1.0)
