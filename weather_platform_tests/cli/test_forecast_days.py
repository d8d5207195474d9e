"""`weather-platform forecast --days`: whole days of a place, or the first of all places, with ranges."""

import io
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform.core.contracts.days import DAILY_PREDICTION, ERROR_MEMORY
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.days.daily import of_cycles
from weather_platform.core.model.predictions import predict
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.schema import conform, empty
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.core.synthetic import long_lived

PLACE = "place_5"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One cycle whose hours and days were predicted, and a later one whose days were not."""
    made, settings = long_lived(), Settings(data_dir=tmp_path)
    warehouse, places = Platform(settings).warehouse, made.world.places
    whole, hours_alone = made.world.cycles[-2:]
    for cycle in (whole, hours_alone):
        rows = predict(made.features[made.features["cycle"] == cycle], {}, {})
        warehouse.replace("predictions", PREDICTION, rows, [CYCLE.key(cycle)])
        if cycle == whole:
            days = of_cycles([cycle], rows, places, empty(ERROR_MEMORY), DEFAULT_TARGETS)
            warehouse.replace("daily_predictions", DAILY_PREDICTION, days, [CYCLE.key(cycle)])
    named = places.assign(name=places["location_id"].replace(PLACE, "Grünau"))
    warehouse.replace("locations", LOCATIONS, conform(named, LOCATIONS), None)
    return settings


WHOLE = CYCLE.key(long_lived().world.cycles[-2])


def said(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["forecast", "--days", *arguments], obj=settings)


def days(settings: Settings) -> pd.DataFrame:
    return Platform(settings).warehouse.read("daily_predictions", DAILY_PREDICTION)


def test_a_place_is_told_by_day(settings: Settings) -> None:
    result = said(settings, "grünau", "--cycle", WHOLE)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith("Grünau, as known ") and lines[0].endswith(" UTC (simulated)")
    rows = days(settings)
    rows = rows[rows["location_id"] == PLACE]
    for date, of_day in rows.groupby("date"):
        one = of_day.set_index("variable").loc["temperature_c_min"]
        line = next(" ".join(line.split()) for line in lines if line.startswith(str(date)))
        assert line.startswith(f"{date} {one['q50']:.1f} {one['q10']:.1f} to {one['q90']:.1f} ")
    assert "chance" in result.output and "by the blend" in result.output
    assert "midnight to midnight by the sun" in " ".join(result.output.split())


def test_without_a_place_the_first_whole_day_of_each_in_the_units_that_are_asked_for(
    settings: Settings,
) -> None:
    result = said(settings, "--cycle", WHOLE, "--units", "us", "--variable", "temperature_c")
    assert result.exit_code == 0, result.output
    lines = [
        " ".join(line.split())
        for line in result.output.splitlines()
        if ", as known" not in line and " 2026-" in line
    ]
    rows = days(settings).query("variable == 'temperature_c_min'")
    assert len(lines) == rows["location_id"].nunique()
    first = rows[rows["location_id"] == PLACE].iloc[0]
    assert lines[-1].startswith(f"place_9 {rows.iloc[-1]['date']} ")
    assert any(line.startswith(f"Grünau {first['date']} {first['q50'] * 1.8 + 32:.1f} ") for line in lines)


def test_rows_are_all_that_is_said_of_the_days(settings: Settings) -> None:
    result = said(settings, PLACE, "--cycle", WHOLE, "--out", "-")
    found = pd.read_csv(io.StringIO(result.output))
    stored = days(settings)
    stored = stored[stored["location_id"] == PLACE]
    assert len(found) == len(stored) and set(found["variable"]) == set(stored["variable"])
    assert found["q50"].tolist() == pytest.approx(stored["q50"].tolist())


def test_a_cycle_without_days_says_what_to_do(settings: Settings) -> None:
    result = said(settings, PLACE)
    assert result.exit_code == 1
    assert "no whole day was predicted then; materialize daily_predictions of it" in result.stderr


def test_a_cycle_that_never_was_has_no_days_to_materialize(settings: Settings) -> None:
    result = said(settings, "--cycle", "2031-01-01T00Z")
    assert result.exit_code == 1
    assert "2031-01-01T00Z: nothing was predicted then; the newest is" in result.stderr


def test_a_picture_is_of_hours(settings: Settings, tmp_path: Path) -> None:
    result = said(settings, PLACE, "--picture", str(tmp_path / "a.png"))
    assert result.exit_code == 2 and "--picture is of hours" in result.stderr
