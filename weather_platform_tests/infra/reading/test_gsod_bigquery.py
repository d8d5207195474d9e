"""GSOD out of BigQuery through a client that is passed in: what is asked, what it may cost, what is read."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from google.api_core.exceptions import NotFound

from weather_platform.core.history.format import File
from weather_platform.core.history.gsod import read_gsod
from weather_platform.infra.reading.daily_reader import by_bigquery
from weather_platform.infra.reading.gsod_bigquery import TooManyBytesError, read_stations, read_year
from weather_platform_tests.core.history.test_gsod import NCEI, bigquery, ncei

TEXTS = {
    "stn",
    "wban",
    "year",
    "mo",
    "da",
    "wdsp",
    "mxpsd",
    "count_wdsp",
    "flag_max",
    "flag_min",
    "flag_prcp",
}
TEXTS |= {"fog", "rain_drizzle", "snow_ice_pellets", "hail", "thunder", "tornado_funnel_cloud"}


@dataclass
class Client:
    """Answers with one table; a stand-in for google.cloud.bigquery.Client, at its two methods in use."""

    table: pa.Table
    bytes: int = 1000
    queries: list[tuple[str, Any]] = field(default_factory=list)

    def query(self, sql: str, job_config: Any, location: str) -> Any:
        assert location == "US"
        self.queries.append((sql, job_config))
        if "gsod2099" in sql:
            raise NotFound("no table gsod2099")
        answer = SimpleNamespace(to_arrow=lambda **_: self.table)
        return SimpleNamespace(total_bytes_processed=self.bytes, result=lambda: answer)


def cloud_table(text: bytes) -> pa.Table:
    """An export as the service types it: numbers as numbers, but for those it keeps as text."""
    frame = pd.read_csv(io.BytesIO(text), dtype=dict.fromkeys(TEXTS, str), keep_default_na=False)
    return pa.Table.from_pandas(frame, preserve_index=False)


@pytest.mark.recorded
def test_both_transports_give_the_same_rows(recorded_data: Path) -> None:
    file = recorded_data / "history" / "noaa_gsod" / "2024" / "01001099999.csv"
    over_https = read_gsod(File(file.read_bytes(), file.name)).rows
    table = cloud_table(bigquery(pd.read_csv(file, dtype=str, keep_default_na=False)))
    read = read_year(Client(table), 2024, ["01001099999"], 10**9)
    assert (read.lost, read.kept) == (0, len(over_https))
    pd.testing.assert_frame_equal(read.rows, over_https)


def test_what_is_asked_is_bounded_twice() -> None:
    client = Client(cloud_table(bigquery(pd.read_csv(io.BytesIO(ncei({})), dtype=str))))
    read_year(client, 2024, ["72494023234", "01001099999"], 5000)
    (dry_sql, dry), (sql, config) = client.queries
    assert dry.dry_run and sql == dry_sql and not config.dry_run
    assert "`bigquery-public-data.noaa_gsod.gsod2024`" in sql and "*" not in sql
    assert config.maximum_bytes_billed == 5000
    assert sql.endswith("WHERE CONCAT(stn, wban) IN UNNEST(@stations)")
    for asked in (dry, config):
        assert asked.query_parameters[0].values == ["01001099999", "72494023234"]
    assert "72494023234" not in sql


def test_a_query_that_would_read_too_much_is_never_sent() -> None:
    client = Client(pa.table({}), bytes=6000)
    with pytest.raises(TooManyBytesError, match=r"6,000 bytes, more than the 5,000 of WEATHER_GSOD"):
        read_year(client, 2024, ["72494023234"], 5000)
    assert len(client.queries) == 1


def test_a_year_that_is_not_there_loses_no_other() -> None:
    client = Client(cloud_table(bigquery(pd.read_csv(io.BytesIO(ncei({})), dtype=str))))
    read = by_bigquery(client, ["2024", "2099"], [NCEI["STATION"]], 10**9)
    assert (len(read.found), read.missing) == (1, ["2099"])
    with pytest.raises(ValueError, match="begins in 1929"):
        read_year(client, 1900, ["72494023234"], 5000)


def test_stations() -> None:
    table = pa.table(
        {
            "usaf": ["071690", "999999"],
            "wban": ["99999", "03030"],
            "name": ["TROYES", "NOWHERE"],
            "lat": [48.322, None],
            "lon": [4.017, None],
            "elev": ["+0118.0", None],
            "begin": ["19730101", "19730101"],
            "end": ["20241231", "19751231"],
        }
    )
    found = read_stations(Client(table), "gsod", 10**9)
    assert (found.left_out, found.rows["station_id"].tolist()) == (1, ["07169099999"])
    assert found.rows[["latitude", "elevation_m"]].to_numpy().tolist() == [[48.322, 118.0]]
