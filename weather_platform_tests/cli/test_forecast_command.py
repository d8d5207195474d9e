"""The newest forecast is at hand: of a place by hour, of all places for a day, as JSON for a machine."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.model.predictions import predict
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.schema import conform
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.core.synthetic import long_lived

PLACE = "place_0"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two cycles that were predicted, of places of which the first is called Grünau."""
    made, settings = long_lived(), Settings(data_dir=tmp_path)
    warehouse = Platform(settings).warehouse
    for cycle in made.world.cycles[-2:]:
        rows = predict(made.features[made.features["cycle"] == cycle], {}, {})
        warehouse.replace("predictions", PREDICTION, rows, [CYCLE.key(cycle)])
    places = [{"location_id": PLACE, "name": "Grünau", "latitude": 47.0, "longitude": 8.0}]
    warehouse.replace("locations", LOCATIONS, conform(pd.DataFrame(places), LOCATIONS), None)
    return settings


def said(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["forecast", *arguments], obj=settings)


def test_a_place_is_told_by_hour_in_the_time_zone_that_is_asked_for(settings: Settings) -> None:
    result = said(settings, "grünau", "--timezone", "Asia/Kathmandu")
    assert result.exit_code == 0
    rows = Platform(settings).warehouse.read("predictions", PREDICTION)
    newest = rows[(rows["cycle"] == rows["cycle"].max()) & (rows["location_id"] == PLACE)]
    first = newest["valid_time"].min()
    temperature = newest[(newest["variable"] == "temperature_c") & (newest["valid_time"] == first)].iloc[0]
    lines = result.output.splitlines()
    assert lines[0].startswith("Grünau, as known ") and lines[0].endswith(" UTC (simulated)")
    local = first.tz_convert("Asia/Kathmandu")
    line = next(line for line in lines if line.startswith(f"{local:%a %d %H:%M}"))
    told = f" {temperature['q50']:.1f} {temperature['q10']:.1f} to {temperature['q90']:.1f} "
    assert told in " ".join(line.split())
    assert sum(" to " in line for line in lines) == newest["valid_time"].nunique()
    assert "temperature_c" in result.output and "by the blend" in result.output


def test_without_a_place_there_is_a_line_for_each(settings: Settings) -> None:
    result = said(settings)
    rows = Platform(settings).warehouse.read("predictions", PREDICTION)
    places = sorted(set(rows["location_id"]) - {PLACE})
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines() if " to " in line] == ["Grünau", *places]


def test_json_has_every_quantile_of_the_cycle_that_is_asked_for(settings: Settings) -> None:
    rows = Platform(settings).warehouse.read("predictions", PREDICTION)
    earlier = CYCLE.key(rows["cycle"].min())
    told = json.loads(
        said(settings, PLACE, "--json", "--cycle", earlier, "--variable", "temperature_c").output
    )
    of_one = rows[(rows["cycle"] == rows["cycle"].min()) & (rows["location_id"] == PLACE)]
    of_one = of_one[of_one["variable"] == "temperature_c"]
    assert {row["place"] for row in told} == {"Grünau"}
    assert [row["q05"] for row in told] == pytest.approx(of_one["q05"].tolist(), abs=1e-5)
    assert [pd.Timestamp(row["valid_time"]) for row in told] == of_one["valid_time"].tolist()


def test_units_are_those_that_people_read_in(settings: Settings) -> None:
    rows = Platform(settings).warehouse.read("predictions", PREDICTION)
    newest = rows[(rows["cycle"] == rows["cycle"].max()) & (rows["location_id"] == PLACE)]
    first = newest[newest["valid_time"] == newest["valid_time"].min()].set_index("variable")["q50"]
    output = said(settings, PLACE, "--units", "us").output
    assert "°F" in output and "mph" in output and "°C" not in output
    line = next(line for line in output.splitlines() if " to " in line).split()
    assert line[3] == f"{first['temperature_c'] * 1.8 + 32:.1f}"
    kilometres = said(settings, PLACE, "--units", "metric", "--variable", "wind_speed_m_s").output
    assert "km/h" in kilometres
    line = next(line for line in kilometres.splitlines() if " to " in line).split()
    assert line[3] == f"{first['wind_speed_m_s'] * 3.6:.1f}"


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv", "-"])
def test_all_rows_can_be_had_as_a_file(settings: Settings, tmp_path: Path, name: str) -> None:
    out = name if name == "-" else str(tmp_path / name)
    result = said(settings, PLACE, "--units", "us", "--out", out)
    printed = io.StringIO(result.stdout)
    told = pd.read_parquet(out) if "parquet" in name else pd.read_csv(printed if name == "-" else out)
    rows = Platform(settings).warehouse.read("predictions", PREDICTION)
    rows = rows[(rows["cycle"] == rows["cycle"].max()) & (rows["location_id"] == PLACE)]
    assert told["q95"].tolist() == pytest.approx(rows["q95"].tolist(), rel=1e-6)
    assert set(told["place"]) == {"Grünau"}


def test_a_place_can_be_had_as_a_picture(settings: Settings, tmp_path: Path) -> None:
    result = said(settings, PLACE, "--picture", str(tmp_path / "a.png"))
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("arguments", [["--picture", "a.png"], [PLACE, "--picture", "a.svg"]])
def test_a_picture_is_of_one_place_and_a_png(settings: Settings, arguments: list[str]) -> None:
    result = said(settings, *arguments)
    assert result.exit_code == 2
    assert "it is of one PLACE, and its name must end in .png" in " ".join(result.output.split())


def test_a_file_of_another_kind_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    result = said(Settings(data_dir=tmp_path / "new"), "--out", "rows.xlsx")
    assert result.exit_code == 2
    assert "--out rows.xlsx: the name must end in .parquet or .csv" in result.output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["Grünao"], "Grünao: no place is called so in this cycle; did you mean place_0?"),
        (["xyz"], "xyz: no place is called so in this cycle; there are place_0, "),
        (["--cycle", "2020-01-01T00Z"], "2020-01-01T00Z: nothing was predicted then; the newest is "),
        (["--variable", "cloud_cover"], "cloud_cover: not forecast in this cycle; see WEATHER_TARGETS"),
    ],
    ids=str,
)
def test_what_there_is_not_is_said_with_what_there_is(
    settings: Settings, arguments: list[str], why: str
) -> None:
    result = said(settings, *arguments)
    assert result.exit_code == 1
    assert why in result.output


def test_of_places_that_bear_one_name_none_is_taken_for_the_other(settings: Settings) -> None:
    places = [
        {"location_id": name, "name": "Grünau", "latitude": 47.0, "longitude": 8.0}
        for name in (PLACE, "place_1")
    ]
    Platform(settings).warehouse.replace(
        "locations", LOCATIONS, conform(pd.DataFrame(places), LOCATIONS), None
    )
    result = said(settings, "grünau")
    assert result.exit_code == 1
    assert "grünau: 2 places are called so; give the id of one: place_0, place_1" in result.output
    assert said(settings, "place_1").exit_code == 0


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", ""])
def test_no_time_zone_is_told(settings: Settings, zone: str) -> None:
    result = said(settings, "--timezone", zone)
    assert result.exit_code == 2
    assert f"{zone!r} is no time zone; write one like Europe/Zurich" in result.output


def test_before_anything_is_predicted_the_remedy_is_said(tmp_path: Path) -> None:
    result = said(Settings(data_dir=tmp_path / "new"))
    assert result.exit_code == 1
    assert "nothing was predicted yet in" in result.output
    assert not (tmp_path / "new").exists()
