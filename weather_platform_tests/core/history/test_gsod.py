"""GSOD: the two transports, and each of the codes that a plain reading gets wrong."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.core.history.format import File, FileRows
from weather_platform.core.history.gsod import read_gsod
from weather_platform.core.observations.table import ObservationFileError

NCEI = {
    "STATION": "72494023234",
    "DATE": "2024-03-05",
    "TEMP": "  50.0",
    "TEMP_ATTRIBUTES": "24",
    "DEWP": "  41.0",
    "DEWP_ATTRIBUTES": "24",
    "SLP": "1016.6",
    "SLP_ATTRIBUTES": "24",
    "STP": "015.4",
    "STP_ATTRIBUTES": "24",
    "VISIB": " 10.0",
    "VISIB_ATTRIBUTES": " 4",
    "WDSP": " 10.0",
    "WDSP_ATTRIBUTES": "24",
    "MXSPD": " 21.0",
    "GUST": "999.9",
    "MAX": "  59.0",
    "MAX_ATTRIBUTES": "*",
    "MIN": "  41.0",
    "MIN_ATTRIBUTES": " ",
    "PRCP": " 0.10",
    "PRCP_ATTRIBUTES": "G",
    "SNDP": "999.9",
    "FRSHTT": "010000",
}
_DATE = ("stn", "wban", "year", "mo", "da")
_BIGQUERY = {
    "temp": "TEMP",
    "count_temp": "TEMP_ATTRIBUTES",
    "dewp": "DEWP",
    "count_dewp": "DEWP_ATTRIBUTES",
    "slp": "SLP",
    "count_slp": "SLP_ATTRIBUTES",
    "stp": "STP",
    "count_stp": "STP_ATTRIBUTES",
    "visib": "VISIB",
    "count_visib": "VISIB_ATTRIBUTES",
    "wdsp": "WDSP",
    "count_wdsp": "WDSP_ATTRIBUTES",
    "mxpsd": "MXSPD",
    "gust": "GUST",
    "max": "MAX",
    "flag_max": "MAX_ATTRIBUTES",
    "min": "MIN",
    "flag_min": "MIN_ATTRIBUTES",
    "prcp": "PRCP",
    "flag_prcp": "PRCP_ATTRIBUTES",
    "sndp": "SNDP",
}
_SEEN = ("fog", "rain_drizzle", "snow_ice_pellets", "hail", "thunder", "tornado_funnel_cloud")
_TEXT = ("wdsp", "mxpsd", "count_wdsp")


def ncei(*changes: dict[str, str]) -> bytes:
    lines = [NCEI | change for change in changes or ({},)]
    rows = [",".join(f'"{value}"' for value in line.values()) for line in lines]
    return "\n".join([",".join(f'"{name}"' for name in NCEI), *rows, ""]).encode()


def bigquery(table: pd.DataFrame) -> bytes:
    """NCEI's rows as BigQuery exports them: numbers as numbers, but for those it keeps as text."""
    out = pd.DataFrame({name: table[wire].str.strip() for name, wire in _BIGQUERY.items()})
    for name in out.columns.difference([*_TEXT, "flag_max", "flag_min", "flag_prcp"]):
        out[name] = pd.to_numeric(out[name])
    ids, dates = table["STATION"], table["DATE"].str.split("-", expand=True)
    parts = dict(zip(_DATE, [ids.str[:6], ids.str[6:], dates[0], dates[1], dates[2]], strict=True))
    seen = {name: table["FRSHTT"].str[i] for i, name in enumerate(_SEEN)}
    return out.assign(**parts, **seen).to_csv(index=False).encode()


def one(**change: str) -> pd.Series:
    parsed = parse_gsod(ncei(change), "f")
    assert parsed.quarantine.empty
    return parsed.rows.iloc[0]


def parse_gsod(data: bytes, name: str) -> FileRows:
    return read_gsod(File(data, name))


def accounted(parsed: FileRows) -> bool:
    return parsed.lost == 0 and parsed.kept == len(parsed.rows)


def test_units_and_flags_of_a_row() -> None:
    row = one()
    assert row["temperature_mean_c"] == pytest.approx(10)
    assert row["temperature_max_c"] == pytest.approx(15)
    assert row["visibility_mean_m"] == pytest.approx(16093.44)
    assert row["wind_speed_mean_m_s"] == pytest.approx(5.14444, abs=1e-5)
    assert row["precipitation_mm"] == pytest.approx(2.54)
    assert row["precipitation_hours"] == 24
    assert (row["temperature_max_flag"], row["phenomena"], row["year"]) == ("*", "010000", "2024")
    assert pd.isna(row["temperature_min_flag"])
    assert pd.isna(row["wind_gust_max_m_s"])
    assert pd.isna(row["snow_depth_mm"])


def test_each_field_has_its_own_sign_of_no_value_and_its_own_unit() -> None:
    fields = {
        "TEMP": ("9999.9", "temperature_mean_c"),
        "MAX": ("9999.9", "temperature_max_c"),
        "MIN": ("9999.9", "temperature_min_c"),
        "DEWP": ("9999.9", "dew_point_mean_c"),
        "SLP": ("9999.9", "pressure_msl_mean_hpa"),
        "VISIB": ("999.9", "visibility_mean_m"),
        "WDSP": ("999.9", "wind_speed_mean_m_s"),
        "MXSPD": ("999.9", "wind_speed_max_m_s"),
        "GUST": ("999.9", "wind_gust_max_m_s"),
        "PRCP": ("99.99", "precipitation_mm"),
        "SNDP": ("999.9", "snow_depth_mm"),
    }
    columns = [column for _, column in fields.values()]
    there = one(GUST=" 30.0", SNDP="  2.0")
    assert there[columns].notna().all()
    assert there["snow_depth_mm"] == pytest.approx(50.8)
    assert there["wind_gust_max_m_s"] == pytest.approx(15.4333, abs=1e-4)
    assert there["wind_speed_max_m_s"] == pytest.approx(10.8033, abs=1e-4)
    assert (there["dew_point_mean_c"], there["pressure_msl_mean_hpa"]) == (pytest.approx(5), 1016.6)
    for name, (text, column) in fields.items():
        row = one(**{"GUST": " 30.0", "SNDP": "  2.0", name: text})
        assert row[columns].index[row[columns].isna()].tolist() == [column]


def test_a_flag_tells_the_hours_of_an_amount() -> None:
    hours = {"A": 6, "B": 12, "C": 18, "D": 24, "E": 12, "F": 24, "G": 24}
    assert {flag: one(PRCP_ATTRIBUTES=flag)["precipitation_hours"] for flag in hours} == hours


@pytest.mark.parametrize(
    ("text", "reports", "hpa"),
    [
        ("015.4", "24", 1015.4),
        ("000.0", "9", 1000.0),
        ("982.0", "24", 982.0),
        ("999.9", "24", 999.9),  # a measurement, since it is of 24 reports
        ("999.9", " 0", np.nan),
        ("9999.9", " 0", np.nan),
    ],
)
def test_station_pressure_gets_its_leading_1_back(text: str, reports: str, hpa: float) -> None:
    row = one(STP=text, STP_ATTRIBUTES=reports)
    assert row["surface_pressure_mean_hpa"] == pytest.approx(hpa, nan_ok=True)


@pytest.mark.parametrize(
    ("amount", "flag", "mm", "hours"),
    [
        (" 0.00", "G", 0.0, 24),
        (" 0.00", "I", np.nan, np.nan),
        (" 0.00", "H", np.nan, np.nan),
        ("99.99", " ", np.nan, np.nan),
        (" 0.01", "A", 0.254, 6),
    ],
)
def test_an_amount_that_was_not_reported_is_not_zero(amount: str, flag: str, mm: float, hours: float) -> None:
    row = one(PRCP=amount, PRCP_ATTRIBUTES=flag)
    assert row["precipitation_mm"] == pytest.approx(mm, nan_ok=True)
    assert row["precipitation_hours"] == pytest.approx(hours, nan_ok=True)


def test_stations_that_share_a_usaf_stay_apart() -> None:
    parsed = parse_gsod(ncei({"STATION": "99999903030"}, {"STATION": "99999904990"}), "f")
    assert parsed.rows["station_id"].tolist() == ["99999903030", "99999904990"]
    assert parsed.quarantine.empty


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"TEMP": "warm"}, "TEMP"),
        ({"MAX": " 500.0"}, "MAX"),
        ({"DATE": "2024-02-30"}, "DATE"),
        ({"STATION": "7249402323"}, "STATION"),
    ],
)
def test_a_bad_row_is_set_aside_and_its_neighbours_stay(change: dict[str, str], column: str) -> None:
    parsed = parse_gsod(ncei({}, change, {"DATE": "2024-03-06"}), "f")
    assert len(parsed.rows) == 2
    assert parsed.quarantine[["row", "column"]].to_numpy().tolist() == [[1, column]]
    assert accounted(parsed)


def test_a_nan_of_parquet_is_no_value() -> None:
    table = pd.read_csv(io.BytesIO(bigquery(pd.DataFrame([NCEI]))), dtype=str).astype({"gust": float})
    table = pa.Table.from_pandas(table, preserve_index=False)
    gust = pa.array([float("nan")] * len(table))
    buffer = io.BytesIO()
    pq.write_table(table.set_column(table.column_names.index("gust"), "gust", gust), buffer)
    parsed = parse_gsod(buffer.getvalue(), "x.parquet")
    assert len(parsed.rows) == 1 and parsed.quarantine.empty
    assert parsed.rows["wind_gust_max_m_s"].isna().all()


def test_a_day_that_comes_again_is_counted() -> None:
    parsed = parse_gsod(ncei({}, {}), "f")
    assert (len(parsed.rows), list(parsed.left_out.values())) == (1, [1])
    assert accounted(parsed)


@pytest.mark.parametrize("data", [b"", b"<html>Not Found</html>", b"a,b\n1,2\n", ncei()[:60]])
def test_what_is_no_gsod_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(ObservationFileError, match=r"empty|not GSOD|HTML page"):
        parse_gsod(data, "f")


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=12).map(lambda b: b.decode("latin-1")), max_size=24))
def test_no_field_makes_a_traceback_or_loses_a_row(fields: list[str]) -> None:
    clean = [field.replace('"', "").replace("\n", "").replace("\r", "") for field in fields]
    changed = dict(zip(NCEI, clean, strict=False))
    assert accounted(parse_gsod(ncei({"DATE": "2024-03-04"}, changed), "f"))


@pytest.mark.recorded
def test_recorded_files_lose_nothing_and_both_transports_agree(recorded_data: Path) -> None:
    files = sorted((recorded_data / "history" / "noaa_gsod").rglob("*.csv"))
    assert files
    for file in files:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        parsed = parse_gsod(file.read_bytes(), file.name)
        assert (parsed.read, len(parsed.rows)) == (len(table), len(table)), file
        assert parsed.quarantine.empty
        pd.testing.assert_frame_equal(parsed.rows, parse_gsod(bigquery(table), file.name).rows)


@pytest.mark.recorded
def test_a_recorded_export_of_bigquery_is_read(recorded_data: Path) -> None:
    parsed = parse_gsod((recorded_data / "history" / "bigquery" / "gsod2019_extract.csv").read_bytes(), "f")
    assert (len(parsed.rows), parsed.read) == (5, 5)
    assert parsed.rows["precipitation_mm"].notna().sum() == 1  # the other four are flagged I
