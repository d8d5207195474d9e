"""Predictions of hours whose law is known, and truth drawn from it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from scipy.stats import norm

from weather_platform.core.contracts.learned import PREDICTION, QUANTILE_LEVELS, QUANTILES
from weather_platform.core.contracts.truth import LOCATIONS, RECONCILED
from weather_platform.core.tables.schema import conform

START = datetime(2026, 8, 1, tzinfo=UTC)
SPREAD = 2.0


def places(**longitudes: float) -> pd.DataFrame:
    """LOCATIONS by id, on the equator."""
    rows = {"location_id": [*longitudes], "latitude": 0.0, "longitude": [*longitudes.values()]}
    return conform(pd.DataFrame(rows), LOCATIONS)


def predicted(
    centers: np.ndarray, place: str, cycle: datetime = START, variable: str = "temperature_c", feeds: int = 3
) -> pd.DataFrame:
    """PREDICTION of steps from three hours after `cycle` on: normal, of standard deviation SPREAD."""
    hours = 3 * (np.arange(len(centers)) + 1)
    levels = centers[:, None] + SPREAD * norm.ppf(QUANTILE_LEVELS)
    rows = pd.DataFrame(levels, columns=list(QUANTILES)).assign(
        variable=variable,
        location_id=place,
        cycle=pd.Timestamp(cycle),
        valid_time=pd.Timestamp(cycle) + pd.to_timedelta(hours, unit="h"),
        known_at=pd.Timestamp(cycle),
        lead_hours=hours.astype(float),
        center=centers,
        feeds_present=feeds,
        model_version="1",
        degraded=feeds == 0,
    )
    return conform(rows, PREDICTION)


def observed(values: pd.Series, place: str, variable: str = "temperature_c") -> pd.DataFrame:
    """RECONCILED of a place, by time (the index), known two hours later."""
    rows = pd.DataFrame({"time": values.index, variable: values.to_numpy()}).assign(
        location_id=place,
        station_id=place,
        source="stations",
        known_at=values.index + timedelta(hours=2),
        distance_km=0.0,
        interval_hours=3,
        quality="good",
    )
    return conform(rows, RECONCILED)
