"""What is said of rain before any model is trained holds what it says, on archives of real forecasts."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import checked, usual_delay_hours, wide
from weather_platform.core.evaluate.features import features_of
from weather_platform.core.model.fallback import from_blend, from_past
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.scoring.scores import score_quantiles

pytestmark = pytest.mark.recorded


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
    said = speaks(features, "precipitation_mm").quantiles
    assert 0.75 < score_quantiles(said, features["observed"].to_numpy()).covered80.mean() < 0.95
