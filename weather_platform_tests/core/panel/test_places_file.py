"""The file of places: what it gives, and what it says of a file that cannot be used."""

import time
from pathlib import Path

import pandas as pd
import pytest

from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.panel.places_file import PanelError, places_of, read_panel
from weather_platform.core.places import Place
from weather_platform.core.tables.schema import check

HEADER = "location_id,name,country,latitude,longitude,elevation_m\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "places.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_panel_is_by_the_contract() -> None:
    panel = read_panel()
    assert len(panel) >= 20
    assert check(panel, LOCATIONS).bad.empty
    assert (panel["country"] == "US").sum() >= 5


def test_rows_become_places_with_nothing_for_missing_fields(tmp_path: Path) -> None:
    path = write(
        tmp_path, "longitude,location_id,latitude,name\n -3.7 ,madrid,40.4,\n8.54,zurich,47.37,Zürich\n"
    )
    assert places_of(read_panel(path)) == [
        Place("madrid", 40.4, -3.7),
        Place("zurich", 47.37, 8.54, name="Zürich"),
    ]


def test_blanks_around_fields_are_nobodys_and_an_id_may_have_a_hundred_characters(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER} oslo , Oslo , NO , 59.9 , 10.7 ,\n{'x' * 100},,,1,2,3\n")
    assert places_of(read_panel(path)) == [
        Place("oslo", 59.9, 10.7, country="NO", name="Oslo"),
        Place("x" * 100, 1.0, 2.0, 3.0),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEADER + "a,,,91,0,\n", r"line 2, latitude: '91': write a number from -90 to 90"),
        (HEADER + "a,,,1,0,\nb,,,1,east,\n", r"line 3, longitude: 'east'"),
        (HEADER + "a,,,nan,0,\n", r"line 2, latitude: 'nan'"),
        (HEADER + "a,,,,0,\n", r"line 2, latitude: ''"),
        (HEADER + "a,,,1,0,high\n", r"line 2, elevation_m: 'high'"),
        (HEADER + "a,,,1,0,\nb,,,1,0,\na,,,2,2,\n", r"line 4, location_id: 'a' stands in line 2 already"),
        (HEADER + "a,,,1,0,\n\n\r\nb,,,99,0,\n", r"line 5, latitude: '99'"),
        (HEADER + "\na,,,1,0,\n\na,,,2,2,\n", r"line 5, location_id: 'a' stands in line 3 already"),
        (HEADER + ",,,1,0,\n", r"line 2, location_id: missing"),
        (HEADER + "../a,,,1,0,\n", r"line 2, location_id: '../a': write letters"),
        (HEADER + "x" * 101 + ",,,1,0,\n", r"line 2, location_id: 'x{101}': write letters"),
        (HEADER + "a,,Spain,1,0,\n", r"line 2, country: 'Spain'"),
        (HEADER + "a,,no,1,0,\n", r"line 2, country: 'no'"),
        (HEADER + '"",,,1,0,\n', r"line 2, location_id: missing"),
        (HEADER, r"no place"),
        ("id,latitude,longitude\na,1,2\n", r"line 1: no column location_id"),
        (HEADER.replace("name", "nome") + "a,,,1,0,\n", r"line 1: unknown column 'nome'"),
        ("location_id,latitude,longitude,latitude\na,1,2,3\n", r"line 1: a column stands twice"),
        (HEADER + "a,1\n", r"cannot be read"),
        ("", r"cannot be read"),
    ],
)
def test_a_fault_is_told_by_file_line_and_column(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PanelError, match=says) as failure:
        read_panel(path)
    assert str(path) in str(failure.value)


@pytest.mark.parametrize(("faults", "more"), [(5, ""), (7, "and 2 more")])
def test_of_many_faults_the_first_five_are_told(tmp_path: Path, faults: int, more: str) -> None:
    path = write(tmp_path, HEADER + "".join(f"p{i},,,99,0,\n" for i in range(faults)))
    with pytest.raises(PanelError) as failure:
        read_panel(path)
    told = str(failure.value)
    assert [line for line in range(2, faults + 2) if f"line {line}," in told] == [2, 3, 4, 5, 6]
    assert more in told and ("more" in told) == bool(more)


def test_a_missing_file_says_which_setting_names_it(tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="WEATHER_LOCATIONS_FILE"):
        read_panel(tmp_path / "none.csv")


def test_a_file_that_no_panel_is_as_large_as_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, HEADER + "a,,,1,0,\n")
    monkeypatch.setattr("weather_platform.core.panel.places_file._MAX_BYTES", path.stat().st_size)
    assert len(read_panel(path)) == 1
    monkeypatch.setattr("weather_platform.core.panel.places_file._MAX_BYTES", path.stat().st_size - 1)
    with pytest.raises(PanelError, match="larger than"):
        read_panel(path)


def test_a_large_panel_takes_seconds_at_most(tmp_path: Path) -> None:
    n = 100_000
    frame = pd.DataFrame(
        {"location_id": [f"p{i:06d}" for i in range(n)], "latitude": 10.5, "longitude": 20.25}
    )
    path = tmp_path / "large.csv"
    frame.to_csv(path, index=False)
    began = time.process_time()
    panel = read_panel(path)
    assert len(panel) == len(places_of(panel)) == n
    assert time.process_time() - began < 5
