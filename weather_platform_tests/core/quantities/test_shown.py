"""Weather in the units that people read it in."""

import pytest

from weather_platform.core.quantities.shown import SYSTEMS, System, shown
from weather_platform.core.quantities.targets import KNOWN


@pytest.mark.parametrize(
    ("column", "value", "si", "metric", "us"),
    [
        ("temperature_c", -40.0, "-40.0 °C", "-40.0 °C", "-40.0 °F"),
        ("wind_gust_m_s", 10.0, "10.0 m/s", "36.0 km/h", "22.4 mph"),
        ("wind_eastward_m_s", -0.01, "0.0 m/s", "0.0 km/h", "0.0 mph"),
        ("precipitation_mm", 2.54, "2.5 mm", "2.5 mm", "0.10 in"),
        ("pressure_msl_hpa", 1013.25, "1013.2 hPa", "1013.2 hPa", "29.92 inHg"),
        ("cloud_cover", 0.125, "0.12 0-1", "0.12 0-1", "0.12 0-1"),
    ],
)
def test_a_value_is_written_in_each_system(column: str, value: float, si: str, metric: str, us: str) -> None:
    told = []
    for system in SYSTEMS:
        one = shown(column, system)
        told.append(f"{one.written(value)} {one.unit}")
    assert told == [si, metric, us]


@pytest.mark.parametrize("system", SYSTEMS)
def test_whatever_is_forecast_can_be_shown(system: System) -> None:
    for name in KNOWN:
        assert shown(name, system).written(0.5)
