"""A variable is what its name and its unit surely say, and otherwise a quantity without bounds."""

import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import ArchiveError
from weather_platform.core.evaluate.kinds import UNBOUNDED, chosen, is_chance, kind_of
from weather_platform.core.uploads.synonyms import VARIABLES

RAIN, WIND, CLOUD = "precipitation_mm", "wind_speed_m_s", "cloud_cover"
HUMIDITY, PRESSURE, TEMPERATURE = "relative_humidity", "pressure_msl_hpa", "temperature_c"


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (RAIN, "precip_24h prcp tp TP24 total_precipitation rainfall rr RRR ppt pcp24 apcp APCP03 tot_prec "
               "rain_1h Precipitation24h snow snowfall daily_rain convective_rain precip_mm qpf"),
        (WIND, "wind10m wind windSpeed wind_speed_10m_max WSPD ws10m ff si10 gust wind_gust i10fg "
               "max_wind sfcWind wnd peak_wind sustained_wind"),
        (CLOUD, "cloud tcc clct cloud_cover CloudCover total_cloud_cover lcc clt"),
        (HUMIDITY, "RH2m rh hurs humidity relative_humidity_2m RELHUM_2M r2"),
        (PRESSURE, "mslp slp prmsl PMSL pressure surface_pressure station_pressure"),
        (TEMPERATURE, "t2m tmax tmin_12h td2m dewpoint dew_point_2m d2m 2t T_2M max_temp feels_like tas"),
        (UNBOUNDED, "wind_u_10m u10 10v U10M wind_eastward_m_s northward_wind uwind v_component_of_wind_10m "
                    "wind_x wind_chill wind_shear wind_power_mw cloud_base specific_humidity "
                    "precipitable_water rain_days precip_anomaly rain_deficit humidity_departure "
                    "wind_deviation soil_moisture direct_radiation uv_index "
                    "cape population probe visibility load"),
    ],
)  # fmt: skip
def test_a_name_alone_tells_the_distribution(kind: str, names: str) -> None:
    assert {name: kind_of(name) for name in names.split()} == dict.fromkeys(names.split(), kind)


@pytest.mark.parametrize(
    ("name", "unit", "kind"),
    [
        ("wind_chill", "deg F", TEMPERATURE),
        ("cloud_top_temperature", "K", TEMPERATURE),
        ("x7", "degC", TEMPERATURE),
        ("x7", "hPa", PRESSURE),
        ("x7", "mm", UNBOUNDED),
        ("pr", "hPa", PRESSURE),
        ("u", "%", UNBOUNDED),
        ("u10", "kt", UNBOUNDED),
        ("rain", "mm/h", RAIN),
        ("rain", "%", CLOUD),
        ("cloud", "m", UNBOUNDED),
        ("wd", "mm", UNBOUNDED),
        ("direct_radiation", "W m-2", UNBOUNDED),
        ("solar_elevation", "deg", UNBOUNDED),
    ],
)
def test_a_unit_rules_out_what_a_name_seems_to_say(name: str, unit: str, kind: str) -> None:
    assert kind_of(name, unit) == kind


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("wind_direction", "deg"),
        ("wind_dir_10m", ""),
        ("WD", "°"),
        ("winddir", "m/s"),
        ("wave_direction", "deg"),
    ],
)
def test_a_direction_is_refused(name: str, unit: str) -> None:
    with pytest.raises(ArchiveError, match="a direction is a circle; give its u and v components"):
        kind_of(name, unit)


def test_every_name_of_the_platforms_table_is_known() -> None:
    for column in (RAIN, "rain_mm", "snowfall_water_mm"):
        assert {kind_of(name) for name in VARIABLES[column].split()} == {RAIN}
    for column in (WIND, "wind_gust_m_s"):
        assert {kind_of(name) for name in VARIABLES[column].split()} == {WIND}
    assert {kind_of(name) for name in VARIABLES[HUMIDITY].split()} == {HUMIDITY}


def test_a_name_without_end_says_nothing_at_once() -> None:
    """Looking for a word from every one of its words would take hours here."""
    assert kind_of("temp" + "_a" * 200_000) == UNBOUNDED
    assert kind_of("temp" + "_a" * 200_000, "°C") == "temperature_c"


def test_chances_are_told_by_name_and_of_rain_by_the_unit() -> None:
    for name in ("pop", "PoP12", "pop_1h", "precip_prob", "rain_probability", "chance_of_rain"):
        assert is_chance(name), name
    assert is_chance("rain", "%")
    assert not any((is_chance("rain", "mm"), is_chance("population"), is_chance("snow_cover", "%")))


def test_of_several_variables_a_temperature_stands_first_and_directions_last() -> None:
    names = ["cloud", "dewpoint", "pop_1h", "precip_1h", "t2m", "td2m", "wind10m", "wind_dir", "cape"]
    archive = pd.DataFrame({"variable": names, "unit": ""})
    first = ["t2m", "td2m", "dewpoint", "wind10m", "precip_1h", "cloud", "cape", "pop_1h", "wind_dir"]
    assert chosen(archive, ()) == first
    assert chosen(archive, ("pop_1h", "t2m", "t2m")) == ["pop_1h", "t2m"]
