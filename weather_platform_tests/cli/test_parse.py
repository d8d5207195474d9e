"""`weather-platform parse` as a user calls it."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import zstandard
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform_tests.replies import encoded, open_meteo, weatherapi

BODY = encoded(open_meteo(hours=6))


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["parse", *map(str, arguments)])


def written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [(".json", bytes), (".json.gz", gzip.compress), (".json.zst", zstandard.compress)],
)
def test_rows_of_any_compression_with_the_stamp_as_fetch_time(
    tmp_path: Path, suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    file = written(tmp_path / f"20260801T023000Z_pier{suffix}", compress(BODY))
    out = tmp_path / "rows.parquet"
    result = call("open_meteo", file, "--out", out)
    assert result.exit_code == 0, result.output
    rows = pd.read_parquet(out)
    assert list(rows.columns) == list(FORECAST.column_names)
    assert set(rows["location_id"]) == {"pier"}
    assert rows["lead_hours"].tolist() == [0.5, 1.5, 2.5]


def test_rows_go_to_standard_output_as_csv(tmp_path: Path) -> None:
    result = call("open_meteo", written(tmp_path / "pier.json", BODY), "--fetched-at", "2026-08-01T00:00:00Z")
    assert result.stdout.splitlines()[0] == ",".join(FORECAST.column_names)
    assert len(result.stdout.splitlines()) == 7
    assert "6 rows, 0 set aside" in result.stderr


@pytest.mark.parametrize("stamp", ["", "00010101T000000Z_"])
def test_an_hour_of_another_age_is_named_and_no_traceback(tmp_path: Path, stamp: str) -> None:
    """Found by trying: the earliest hour of a file without a stamp is taken for its fetch."""
    reply = open_meteo(hours=6)
    reply["hourly"]["time"][2] = "0001-01-01T00:00"
    result = call("open_meteo", written(tmp_path / f"{stamp}pier.json", encoded(reply)))
    assert result.exit_code == 1
    assert "the fetch; give --fetched-at" in result.output
    assert "holds an hour of the year 1" in result.output


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    file = written(tmp_path / "pier.json", encoded(open_meteo(hours=120)))
    code = f"from weather_platform.cli.main import cli; cli(['parse', 'open_meteo', {str(file)!r}])"
    with subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        said = child.stderr.read()
    assert "Broken pipe" not in said
    assert "Traceback" not in said


def test_without_any_fetch_time_the_first_valid_time_is_taken_and_said(tmp_path: Path) -> None:
    result = call("open_meteo", written(tmp_path / "pier.json", BODY), "--json")
    assert json.loads(result.stdout)["rows"] == 6
    assert "taken as fetched at 2026-08-01T00:00Z" in result.stderr


def test_failing_rows_go_to_a_second_file_with_the_reason(tmp_path: Path) -> None:
    reply = open_meteo(hours=3)
    reply["hourly"]["temperature_2m"][1] = -999
    aside = tmp_path / "bad.csv"
    result = call("open_meteo", written(tmp_path / "a.json", encoded(reply)), "--quarantine", aside, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) | {"feeds": None} == {
        "rows": 2,
        "rows_set_aside": 1,
        "rows_read": 3,
        "past_rows_dropped": 0,
        "rows_without_values": 0,
        "rows_repeated": 0,
        "rows_interpolated": 0,
        "rows_unpaired": 0,
        "files_not_used": [],
        "feeds": None,
    }
    assert pd.read_csv(aside)["reason"].tolist() == ["outside -95 to 65"]


@pytest.mark.parametrize(
    ("name", "body", "cause"),
    [
        ("a.json", b"", "empty"),
        ("a.json", b"<html>503</html>", "HTML"),
        ("a.json", BODY[:300], "cut short"),
        ("a.json", b'{"error":true,"reason":"Daily limit"}', "Daily limit"),
        ("a.json.gz", gzip.compress(BODY, mtime=0)[:100], "cannot be read"),
        ("a.json.gz", BODY, "cannot be read"),
        ("a.json.zst", b"nonsense", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_cause(
    tmp_path: Path, name: str, body: bytes, cause: str
) -> None:
    result = call("open_meteo", written(tmp_path / name, body))
    assert result.exit_code == 1
    assert str(tmp_path / name) in result.stderr
    assert cause in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output


def test_the_wrong_place_is_told(tmp_path: Path) -> None:
    file = written(tmp_path / "20260801T000000Z_x.json", encoded(weatherapi(23.1, 113.2, days=1)))
    result = call("weatherapi", file, "--latitude", 39.1, "--longitude", -108.5)
    assert (result.exit_code, "wrong place" in result.stderr) == (1, True)
    assert call("weatherapi", file, "--json").exit_code == 0


def test_good_files_are_printed_beside_a_bad_one(tmp_path: Path) -> None:
    good, bad = written(tmp_path / "20260801T000000Z_a.json", BODY), written(tmp_path / "b.json", b"")
    result = call("open_meteo", good, bad)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 7


def test_what_was_asked_can_be_told(tmp_path: Path) -> None:
    file = written(tmp_path / "20260801T000000Z_a.json", BODY)
    result = call("open_meteo", file, "--param", "models=icon_eu", "--json")
    assert json.loads(result.stdout)["feeds"] == {"open_meteo/icon_eu": 6}


@pytest.mark.parametrize(
    "arguments",
    [
        ["nobody", "FILE"],
        ["open_meteo", "absent.json"],
        ["open_meteo"],
        ["open_meteo", "FILE", "--latitude", "1"],
        ["open_meteo", "FILE", "--fetched-at", "2026-08-01T00:00:00"],
        ["open_meteo", "FILE", "--out", "rows.xlsx"],
        ["open_meteo", "FILE", "--param", "novalue"],
    ],
)
def test_a_wrong_call_is_exit_code_2(tmp_path: Path, arguments: list[str]) -> None:
    file = written(tmp_path / "a.json", BODY)
    result = call(*(file if argument == "FILE" else argument for argument in arguments))
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize("option", ["--out", "--quarantine"])
def test_a_folder_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path, option: str) -> None:
    result = call("open_meteo", written(tmp_path / "a.json", BODY), option, tmp_path / "none" / "rows.csv")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"Error: {tmp_path}/none/rows.csv: there is no folder {tmp_path}/none; make it, or name another file"
    ]


HEADER = (
    "station_id,location_id,time_utc,available_utc,quality,temperature_c,dew_point_c,relative_humidity_percent,"
    "pressure_msl_hpa,surface_pressure_hpa,cloud_cover_percent,visibility_m,precipitation_mm,wind_speed_m_s,"
    "wind_direction_deg,wind_gust_m_s"
)
LINE = "SIM-a,a,2026-08-03T04:00:00Z,2026-08-03T05:10:00Z,good,12.5,8,70,1013,950,50,,0.2,3,200,5"


def test_an_archives_files_give_observation_rows(tmp_path: Path) -> None:
    file = written(tmp_path / "2026-08-03.csv", f"{HEADER}\n{LINE}\n".encode())
    result = call("stations", file, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["feeds"] == {"stations": 1}


@pytest.mark.parametrize(
    ("name", "cause"), [("x.csv", "of which day"), ("2026-08-03.csv", "2026-08-03.csv: ")]
)
def test_an_archives_file_that_cannot_be_used_is_named(tmp_path: Path, name: str, cause: str) -> None:
    result = call("stations", written(tmp_path / name, b"<html>"))
    assert (result.exit_code, cause in result.stderr) == (1, True)


def test_a_file_of_another_kind_is_told_by_a_few_columns_and_with_json_once(tmp_path: Path) -> None:
    wrong = written(tmp_path / "wrong.csv", b"a,b,c\n1,2,3\n")
    result = call("gsod", wrong)
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert "no column 'stn', 'wban', 'year', 'mo', 'da' and 27 more, which" in line
    assert len(line.removeprefix(f"Error: {wrong}")) < 350
    as_json = call("gsod", wrong, "--json")
    assert as_json.exit_code == 1
    assert "and 27 more" in json.loads(as_json.stdout)["files_not_used"][0]
    assert as_json.stderr == "Error: 1 of 1 files were not used; files_not_used says why\n"
