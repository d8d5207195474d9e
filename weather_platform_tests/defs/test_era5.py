"""ERA5 from a Zarr store of ARCO-ERA5's layout, served over HTTP on loopback: a coarse globe, the same axes,
chunks and attributes.
"""

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from weather_platform.core.contracts.truth import LOCATIONS, OBSERVATION
from weather_platform.core.history.era5 import LATENCY, VARIABLES, Era5Error, coverage, read_hours
from weather_platform.core.panel.places_file import read_panel
from weather_platform.core.tables.schema import check
from weather_platform.defs import archives, locations, observations
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.io_manager import WarehouseIOManager
from weather_platform.infra.platform import Platform
from weather_platform.infra.reading.era5_store import Era5StoreError, open_store
from weather_platform_tests.http_server import LoopbackServer

PLACES = """location_id,name,country,latitude,longitude,elevation_m
troyes,Troyes,FR,48.30,4.08,110
suva,Suva,FJ,-18.1,178.4,10
dateline,Taveuni,FJ,-16.8,-179.9,10
"""
STEP = 5.0
BASE = {
    "2m_temperature": 283.15,
    "2m_dewpoint_temperature": 278.15,
    "mean_sea_level_pressure": 101_320.0,
    "surface_pressure": 100_000.0,
    "total_cloud_cover": 0.5,
    "total_precipitation": 0.0012,
    "10m_u_component_of_wind": 3.0,
    "10m_v_component_of_wind": 4.0,
    "sea_surface_temperature": 290.0,
}


def globe() -> xr.Dataset:
    """Four days; the last is on the axis only."""
    axes: dict[str, Any] = {
        "time": pd.date_range("2024-03-01", periods=96, freq="h"),
        "latitude": np.arange(90, -90.1, -STEP),
        "longitude": np.arange(0, 360, STEP),
    }
    shape = tuple(len(axis) for axis in axes.values())
    data = {name: np.full(shape, value, np.float32) for name, value in BASE.items()}
    data["2m_temperature"] += (np.arange(96) / 100).astype(np.float32)[:, None, None]
    data["2m_temperature"][:, :, 0] += 1  # longitude 0
    data["total_precipitation"][5] = -1e-9
    for values in data.values():
        values[72:] = np.nan
    attrs = {
        "valid_time_start": "1940-01-01",
        "valid_time_stop": "2024-03-02",
        "valid_time_stop_era5t": "2024-03-03",
    }
    return xr.Dataset({name: (tuple(axes), values) for name, values in data.items()}, axes, attrs)


@dataclass
class Served:
    """Where the store is, and which chunks were asked for."""

    url: str
    folder: Path
    asked: list[str] = field(default_factory=list)

    @property
    def chunks(self) -> list[str]:
        return [path for path in self.asked if path.rsplit("/", 1)[1].count(".") == 2]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store, which takes half a second to write."""
    store = tmp_path_factory.mktemp("era5") / "era5.zarr"
    encoding = {name: {"chunks": (1, 37, 72)} for name in BASE}
    globe().to_zarr(store, zarr_format=2, consolidated=True, encoding=encoding)
    return store


@pytest.fixture
def served(tmp_path: Path, written: Path) -> Iterator[Served]:
    """A copy of it, of which chunks may be taken away."""
    shutil.copytree(written, tmp_path / "era5.zarr", copy_function=os.link)
    found = Served("", tmp_path / "era5.zarr")

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            super().do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = LoopbackServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}/era5.zarr"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def places(tmp_path: Path) -> pd.DataFrame:
    (tmp_path / "places.csv").write_text(PLACES)
    return read_panel(tmp_path / "places.csv")


def day(number: int) -> datetime:
    return datetime(2024, 3, number, tzinfo=UTC)


def test_units_grid_points_and_only_the_chunks_that_are_needed(served: Served, places: pd.DataFrame) -> None:
    read = read_hours(open_store(served.url), places, day(1), day(2), final=day(3))
    assert check(read.rows, OBSERVATION).bad.empty
    assert (len(read.rows), read.hours_missing, len(read.quarantine)) == (24 * 3, 0, 0)
    wanted = {f"/era5.zarr/{name}/{hour}.0.0" for name in VARIABLES for hour in range(24)}
    assert sorted(served.chunks) == sorted(wanted)  # each once, for all places, and no other variable
    row = read.rows[read.rows["location_id"] == "troyes"].iloc[2]
    assert (row["time"], row["station_id"], row["quality"]) == (
        pd.Timestamp("2024-03-01T02Z"),
        "50,5",
        "good",
    )
    assert row["temperature_c"] == pytest.approx(10.02, abs=1e-3)
    assert row["pressure_msl_hpa"] == pytest.approx(1013.2, abs=1e-2)
    assert row["precipitation_mm"] == pytest.approx(1.2, abs=1e-4)
    assert (row["wind_speed_m_s"], row["interval_hours"]) == (5.0, 1)
    assert row["wind_direction_deg"] == pytest.approx(216.87, abs=0.01)  # towards the north-east
    assert row["known_at"] == pd.Timestamp(row["time"]).floor("D") + timedelta(days=1) + LATENCY
    assert read.rows["precipitation_mm"].min() == 0  # a residue of packing is none


def test_longitudes_are_a_circle(served: Served, places: pd.DataFrame) -> None:
    read = read_hours(open_store(served.url), places, day(1), day(2), final=day(3))
    points = dict(read.rows[["location_id", "station_id"]].drop_duplicates().to_numpy().tolist())
    assert points["suva"] == "-20,-180" and points["dateline"] == "-15,-180"
    assert read.rows["distance_km"].max() < 400


def test_hours_that_are_not_there_are_counted_and_give_no_rows(served: Served, places: pd.DataFrame) -> None:
    read = read_hours(
        open_store(served.url), places, day(3), datetime(2024, 3, 4, 12, tzinfo=UTC), final=day(3)
    )
    assert (len(read.rows), read.hours_missing) == (24 * 3, 12)
    assert read.rows["quality"].unique().tolist() == ["unchecked"]  # preliminary
    with pytest.raises(Era5Error, match="time axis"):
        read_hours(open_store(served.url), places, day(4), day(6), final=day(3))


def test_the_store_says_where_data_end_and_the_latency_is_kept(served: Served) -> None:
    dataset = open_store(served.url)
    assert coverage(dataset, datetime(2026, 1, 1, tzinfo=UTC)) == (day(3), day(4))
    assert coverage(dataset, datetime(2024, 3, 7, 12, tzinfo=UTC)).end == day(2)
    with pytest.raises(Era5Error, match="no attribute valid_time_stop"):
        coverage(dataset.assign_attrs(valid_time_stop=None), datetime(2026, 1, 1, tzinfo=UTC))


def test_another_layout_is_refused_by_name(served: Served, places: pd.DataFrame) -> None:
    dataset = open_store(served.url)
    with pytest.raises(Era5Error, match="no surface_pressure"):
        read_hours(dataset.drop_vars("surface_pressure"), places, day(1), day(2), final=day(3))
    with pytest.raises(Era5StoreError, match="WEATHER_ERA5_URL"):
        open_store(served.url + "/nowhere")


def materialize(served: Served, folder: Path, *days: str) -> tuple[dg.ExecuteInProcessResult, Platform]:
    settings = Settings(
        profile="live",
        data_dir=folder / "data",
        locations_file=folder / "places.csv",
        first_day=date(2024, 3, 1),
        archives=("era5",),
        era5_url=served.url,
    )
    platform = Platform(settings)
    definitions = dg.Definitions.merge(
        locations.build(settings),
        archives.build(settings),
        dg.Definitions(
            jobs=[dg.define_asset_job("read", dg.AssetSelection.key_prefixes("history"))],
            resources={"platform": platform, "warehouse": WarehouseIOManager(platform)},
        ),
    )
    platform.warehouse.replace("locations", LOCATIONS, read_panel(folder / "places.csv"), None)
    tags = {"dagster/asset_partition_range_start": days[0], "dagster/asset_partition_range_end": days[-1]}
    return definitions.resolve_job_def("read").execute_in_process(tags=tags), platform


def test_a_range_of_days_as_an_asset(served: Served, places: pd.DataFrame, tmp_path: Path) -> None:
    result, platform = materialize(served, tmp_path, "2024-03-02", "2024-03-04")
    rows = platform.warehouse.read("history/era5", OBSERVATION)
    assert rows.groupby(rows["time"].dt.strftime("%m-%d")).size().to_dict() == {"03-02": 72, "03-03": 72}
    (complete,) = [each for each in result.get_asset_check_evaluations() if each.check_name == "complete"]
    assert not complete.passed and "2024-03-04: ERA5 ends at 2024-03-04" in str(complete.metadata["reasons"])
    for chunk in (served.folder / "total_cloud_cover").glob("2[4-9].0.0"):
        chunk.write_bytes(b"torn")
    _, platform = materialize(served, tmp_path, "2024-03-02", "2024-03-03")
    assert len(platform.warehouse.read("history/era5", OBSERVATION)) == 144  # what was stored stands


def test_era5_is_asked_after_every_instrument(tmp_path: Path) -> None:
    settings = Settings(profile="live", archives=("era5", "isd_lite"))
    assert observations.preference(settings, ["mine"])[:2] == ["mine", "isd_lite"]
    assert observations.preference(settings, [])[-1] == "era5"
