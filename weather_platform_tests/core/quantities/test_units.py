"""Units: fixed points people know, and that every weather column can be given in some unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.quantities.units import UnitError, affine, between, dimension_of, dimensions
from weather_platform.core.quantities.variables import WEATHER


@pytest.mark.parametrize(
    ("column", "unit", "value", "expected"),
    [
        ("temperature_c", "°F", 212, 100),
        ("temperature_c", "degF", -40, -40),
        ("dew_point_c", "K", 273.15, 0),
        ("apparent_temperature_c", "wmoUnit:degC", 21.5, 21.5),
        ("wind_speed_m_s", "km/h", 36, 10),
        ("wind_speed_m_s", "mp/h", 100, 44.704),
        ("wind_gust_m_s", "kn", 1, 0.514444),
        ("wind_speed_m_s", "wmoUnit:km_h-1", 3.6, 1),
        ("relative_humidity", "%", 87, 0.87),
        ("cloud_cover", "okta", 8, 1),
        ("precipitation_probability", "fraction", 0.4, 0.4),
        ("pressure_msl_hpa", "inHg", 29.92126, 1013.25),
        ("surface_pressure_hpa", "Pa", 101325, 1013.25),
        ("pressure_msl_hpa", "mmHg", 760, 1013.25),
        ("precipitation_mm", "in", 2, 50.8),
        ("snowfall_water_mm", "cm", 1.2, 12),
        ("rain_mm", "kg m-2", 3, 3),
        ("visibility_m", "mi", 10, 16093.44),
        ("visibility_m", "km", 24.135, 24135),
        ("wind_direction_deg", "rad", 3.14159265, 180),
    ],
)
def test_known_equivalents(column: str, unit: str, value: float, expected: float) -> None:
    factor, offset = affine(unit, column)
    assert value * factor + offset == pytest.approx(expected, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("column", [column.name for column in WEATHER])
def test_every_weather_column_has_units(column: str) -> None:
    with pytest.raises(UnitError, match=r"write one of: ") as failure:
        affine("furlong", column)
    for unit in str(failure.value).split("write one of: ")[1].split(", "):
        assert affine(unit, column).factor > 0


@pytest.mark.parametrize(
    ("column", "unit", "spellings"),
    [
        ("temperature_c", "°F", ("deg F", "Deg. F", "degrees_F", "degrees Fahrenheit", "℉", "º F", "DEGF")),
        ("temperature_c", "°C", ("deg C", "℃", "° C", "degrees celsius", "Centigrade", "degree_C")),
        ("temperature_c", "K", ("deg K", "°K", "Kelvins")),
        ("wind_speed_m_s", "m/s", ("m s^-1", "m·s⁻¹", "meters/second", "metres per second", "m / s")),
        ("wind_gust_m_s", "km/h", ("kmph", "km/hr", "km h**-1")),
        ("wind_eastward_m_s", "mph", ("miles per hour", "mi / h")),
        ("precipitation_mm", "kg/m2", ("kg m^-2", "kg m⁻²", "L/m²", "l m-2")),
        ("rain_mm", "in", ("in.", "Inches")),
        ("cloud_cover", "okta", ("octas",)),
        ("relative_humidity", "%", ("% (0-100)", "per cent", "percentage")),
    ],
)  # fmt: skip
def test_a_unit_may_be_spelled_in_many_ways(column: str, unit: str, spellings: tuple[str, ...]) -> None:
    for spelling in spellings:
        assert affine(spelling, column) == affine(unit, column), spelling


def test_what_a_unit_measures() -> None:
    assert dimensions("deg F") == {"temperature"}
    assert dimensions("m") == {"distance", "water"}
    assert dimensions("furlong") == dimensions("0.01 in") == dimensions("") == frozenset()
    assert dimension_of("wind_northward_m_s") == "speed"


@pytest.mark.parametrize(
    ("written", "wanted", "value", "expected"),
    [
        ("K", "degF", 300.0, 80.33),
        ("degF", "K", 80.33, 300.0),
        ("m s**-1", "km/h", 10.0, 36.0),
        ("kg m-2", "in", 25.4, 1.0),
        ("W m-2", "W m**-2", 3.0, 3.0),
    ],
)
def test_one_unit_to_another(written: str, wanted: str, value: float, expected: float) -> None:
    factor, offset = between(written, wanted)
    assert value * factor + offset == pytest.approx(expected)


@pytest.mark.parametrize(("written", "wanted"), [("K", "m"), ("W m-2", "J"), ("", "°C")])
def test_what_measures_another_thing_is_not_converted(written: str, wanted: str) -> None:
    with pytest.raises(UnitError, match="cannot be converted"):
        between(written, wanted)


def test_another_dimension_is_refused_by_name() -> None:
    with pytest.raises(UnitError, match="precipitation_mm cannot be given in '°C'"):
        affine("°C", "precipitation_mm")
    with pytest.raises(UnitError, match="'snow_depth_cm' is no weather variable"):
        affine("cm", "snow_depth_cm")


@given(st.floats(-90, 60), st.floats(-90, 60))
def test_conversions_keep_order_and_agree(first: float, second: float) -> None:
    fahrenheit, kelvin = affine("°F", "temperature_c"), affine("K", "temperature_c")
    via_f = (first * 1.8 + 32) * fahrenheit.factor + fahrenheit.offset
    via_k = (first + 273.15) * kelvin.factor + kelvin.offset
    assert via_f == pytest.approx(first, abs=1e-9)
    assert via_k == pytest.approx(first, abs=1e-9)
    if first < second - 1e-6:
        assert via_f < (second * 1.8 + 32) * fahrenheit.factor + fahrenheit.offset
