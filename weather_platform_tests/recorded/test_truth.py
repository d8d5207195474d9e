"""Recorded truths: those known to hold a provider's own forecasts are refused for it, honest ones are not."""

from pathlib import Path

import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import checked
from weather_platform.core.evaluate.kinds import kind_of
from weather_platform.core.evaluate.truth import refused_truth

pytestmark = pytest.mark.recorded
HONEST = (
    "germany_t2m_ecmwf52",
    "frankfurt_rain24_ecmwf52",
    "hannover_t2m_5leads",
    "innsbruck_tmin_gefs",
    "innsbruck_rain12_gefs",
    "kbos_khlc_3models_202106",
    "nws_us167_tmaxmin_2021",
    "nyclax_tmax_7models",
    "nyclax_tmax_nws_accuweather",
    "seoul25_ldaps_2013_17",
    "statham_5providers_2026",
    "toulouse_t2m_tigge5",
    "us10_openmeteo_nws_2025_26",
    "uwme_pnw_t2m_2004",
    "uwme_pnw_pcp24_2002",
    "verif_example_2012",
)


def refused(archive: pd.DataFrame) -> set[tuple[str, str]]:
    """Source and place of every refusal, of all variables that are tested."""
    frame = checked(archive)
    found = set()
    for variable in sorted(frame["variable"].unique()):
        if variable.startswith(("t2m", "tm", "td", "wind", "precip", "rain")):
            table = refused_truth(frame, variable, kind_of(variable))
            found |= set(zip(table["source"], table["location_id"], strict=True))
    return found


@pytest.mark.parametrize("name", HONEST)
def test_honest_stations_are_truth_for_every_source(recorded_data: Path, name: str) -> None:
    assert refused(pd.read_parquet(recorded_data / "paired" / name / f"{name}.parquet")) == set()


def test_gaps_filled_with_the_provider_are_refused_where_they_are(recorded_data: Path) -> None:
    """Meteostat filled the gaps of London and Novosibirsk with its own model; the others look measured."""
    name = "meteostat6_t2m_2020"
    found = refused(pd.read_parquet(recorded_data / "paired" / name / f"{name}.parquet"))
    assert found == {("meteostat_point_forecast", "London"), ("meteostat_point_forecast", "Novosibirsk")}


def test_actuals_that_fall_back_to_a_provider_are_refused_for_it_alone(recorded_data: Path) -> None:
    """The collector took Open-Meteo for what had happened where the airport's station did not answer."""
    path = recorded_data / "forecast_archives" / "adelaide_3providers" / "weather_history.csv"
    assert refused(adelaide(pd.read_csv(path))) == {("Open-Meteo", "Airport")}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("frankfurt_rain24_ecmwf52", "ecmwf_ctr"),
        ("innsbruck_rain12_gefs", "gefs_reforecast2"),
        ("statham_5providers_2026", "ecmwf_ifs025"),
    ],
)
def test_rain_filled_with_a_source_on_two_of_five_days_is_refused_for_it_alone(
    recorded_data: Path, name: str, source: str
) -> None:
    archive = pd.read_parquet(recorded_data / "paired" / name / f"{name}.parquet")
    archive = archive[archive["variable"].str.startswith("precip")]
    filled = (archive["source"] == source) & (archive["valid_time"].dt.dayofyear % 5 < 2)
    archive["observation"] = archive["observation"].mask(filled, archive["forecast"].round(1))
    assert {told for told, _ in refused(archive)} == {source}


def adelaide(table: pd.DataFrame) -> pd.DataFrame:
    """The collector's wide table as an archive."""
    day = pd.to_datetime(table["Date"], utc=True)
    frames = [
        pd.DataFrame(
            {
                "location_id": table["Station"],
                "lat": -34.9,
                "lon": 138.6,
                "elevation_m": 50.0,
                "init_time": day - pd.Timedelta(hours=24),
                "valid_time": day,
                "lead_hours": 24.0,
                "source": table["Source"],
                "member": -1,
                "variable": name,
                "unit": "degC",
                "forecast": table[forecast],
                "observation": table[actual],
            }
        )
        for name, forecast, actual in (
            ("tmin", "Forecast_Min_Temp", "Actual_Min_Temp"),
            ("tmax", "Forecast_Max_Temp", "Actual_Max_Temp"),
        )
    ]
    return pd.concat(frames, ignore_index=True)
