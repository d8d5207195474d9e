"""Grids that are dropped without a word: of each the point nearest to a place is read."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray

from weather_platform.core.contracts.uploads import FORECASTS, OBSERVATIONS
from weather_platform.core.observations.mapping_file import read_mapping
from weather_platform.core.observations.table_spec import Limits
from weather_platform.core.observations.upload import parse_upload
from weather_platform_tests.core.uploads.test_read import PANEL, read

DENVER = PANEL.set_index("location_id").loc["denver"]


def grid(folder: Path, engine: str = "scipy", *, curved: bool = False, size: int = 13) -> bytes:
    """Two hours of t2m (K) around Denver, longitudes from 0 to 360; values tell row and column."""
    latitude, longitude = np.linspace(38, 41, size), np.linspace(253.5, 256.5, size)
    value = 200 + np.add.outer(np.arange(size), np.arange(size) / 100)
    dims = ("y", "x") if curved else ("latitude", "longitude")
    coords: dict[str, object] = {"time": pd.date_range("2026-08-01", periods=2, freq="h")}
    if curved:
        rows = np.repeat(latitude[:, None], size, 1)
        rows[0, 0] = np.nan  # swaths have empty corners
        coords["lat"] = (dims, rows)
        coords["lon"] = (dims, np.repeat(longitude[None, :], size, 0))
    else:
        coords |= {"latitude": latitude, "longitude": longitude}
    field = (("time", *dims), np.stack([value, value + 0.5]), {"units": "K"})
    dataset = xarray.Dataset({"t2m": field}, coords)
    dataset.to_netcdf(folder / "grid.nc", engine=engine)  # type: ignore[call-overload]
    return (folder / "grid.nc").read_bytes()


@pytest.mark.parametrize(("engine", "curved"), [("scipy", False), ("h5netcdf", False), ("scipy", True)])
def test_of_a_grid_the_nearest_point_is_truth(tmp_path: Path, engine: str, curved: bool) -> None:
    reading = read("drop_box/era/grid.nc", grid(tmp_path, engine, curved=curved))
    assert reading.readable, reading.rejected["reason"].tolist()
    found = reading.rows[OBSERVATIONS]
    row, column = round((DENVER["latitude"] - 38) / 0.25), round((DENVER["longitude"] + 360 - 253.5) / 0.25)
    kelvin = 200 + row + column / 100
    assert found["temperature_c"].tolist() == pytest.approx(
        [kelvin - 273.15, kelvin + 0.5 - 273.15], abs=1e-4
    )
    assert set(found["location_id"]) == {"denver"} and found["distance_km"].max() < 20
    assert reading.counts["rows_read"] < 30, "other points are not read"


def test_a_grid_larger_than_a_table_may_be_is_read_at_its_places(tmp_path: Path) -> None:
    mapping = read_mapping(
        "source: g\nformat: wide\ntime: {column: time}\n"
        "stations: {latitude: latitude, longitude: longitude}\n"
        "variables: {temperature_c: {from: t2m, unit: K}}",
        "m.yaml",
    )
    data, limits = grid(tmp_path, size=101), Limits(rows=2_000)
    assert len(parse_upload(data, mapping, "u", PANEL, limits).rows) == 2
    parsed = parse_upload(data, mapping, "u", PANEL.assign(latitude=40.0, longitude=-105.0), limits)
    assert parsed.rows["location_id"].nunique() == len(PANEL), "one point may be nearest to many places"


def test_forecasts_by_names_are_those_of_their_folders(tmp_path: Path) -> None:
    name = "drop_box/forecasts/mine/v1/today.csv"
    text = (
        "timestamp_utc,location,init_time,temp_f,pop (%)\n2026-08-01 06:00,denver,2026-08-01T00:00Z,50,40\n"
    )
    known = pd.Timestamp("2026-08-01T01:00Z").to_pydatetime()
    reading = read(name, text.encode(), taken_at=known)
    (row,) = reading.rows[FORECASTS].to_dict("records")
    assert (row["feed"], row["temperature_c"]) == ("mine/v1", pytest.approx(10))
    assert (row["precipitation_probability"], row["lead_hours"]) == (pytest.approx(0.4), 5)
    loose = read("drop_box/today.csv", text.encode(), taken_at=known)
    assert "whose forecasts are they?" in loose.rejected["reason"][0]
    assert read("drop_box/today.csv", text.encode(), "feed: mine/v1", taken_at=known).readable
    grid_name = "drop_box/forecasts/mine/v2/grid.nc"
    early = pd.Timestamp("2026-07-31T20:00Z").to_pydatetime()
    found = read(grid_name, grid(tmp_path), taken_at=early).rows[FORECASTS]
    assert set(found["location_id"]) == {"denver"} and found["lead_hours"].tolist() == [4, 5]
    assert found["latitude"][0] == DENVER["latitude"] and found["grid_latitude"][0] == 39.75
