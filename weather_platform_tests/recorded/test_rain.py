"""What is said of rain before any model is trained holds what it says, on archives of real forecasts."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.evaluate.archive import checked, usual_delay_hours, wide
from weather_platform.core.evaluate.features import features_of
from weather_platform.core.model.fallback import from_blend, from_past
from weather_platform.core.model.forecasts import Forecast

pytestmark = pytest.mark.recorded
LOW, HIGH = QUANTILE_LEVELS.index(0.1), QUANTILE_LEVELS.index(0.9)


@pytest.mark.parametrize("speaks", [from_blend, from_past])
@pytest.mark.parametrize(
    ("archive", "variable"),
    [("innsbruck_rain12_gefs", "precip_12h"), ("us10_openmeteo_nws_2025_26", "precip_24h")],
)
def test_intervals_of_rain_hold_before_a_model_is_trained(
    recorded_data: Path, archive: str, variable: str, speaks: Callable[[pd.DataFrame, str], Forecast]
) -> None:
    frame = pd.read_parquet(recorded_data / "paired" / archive / f"{archive}.parquet")
    rows, sources = wide(checked(frame), variable)
    features = features_of(rows, sources, "precipitation_mm", usual_delay_hours(rows))
    features = features[features["observed"].notna() & features["climatology_sd"].notna()]
    said, observed = speaks(features, "precipitation_mm").quantiles, features["observed"].to_numpy()
    held = np.mean((observed >= said[:, LOW]) & (observed <= said[:, HIGH]))
    assert 0.75 < held < 0.95
