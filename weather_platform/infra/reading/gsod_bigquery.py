"""GSOD out of BigQuery's public tables `bigquery-public-data.noaa_gsod`.

Belongs here: the queries and what they may cost. Does not: what the columns mean (core.history.gsod). The
client is passed in.

Only the columns that are kept are read, of the stations asked for. A dry run tells the bytes first, and a
query that would read more than allowed is never sent; `maximum_bytes_billed` holds the service to the same.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from weather_platform.core.history.fields import decoded, distinct
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.history.gsod import BIGQUERY_COLUMNS, read_gsod
from weather_platform.core.history.station_lists import StationRows, days_of, stations_of

if TYPE_CHECKING:
    from google.cloud import bigquery

DATASET = "bigquery-public-data.noaa_gsod"
LOCATION = "US"  # where the public tables lie; jobs run there
FIRST_YEAR = 1929
_STATIONS = ("usaf", "wban", "name", "lat", "lon", "elev", "begin", "end")


class TooManyBytesError(Exception):
    """A query that would read more than allowed; the text says how much, and which setting allows it."""


def open_client(project: str) -> "bigquery.Client":
    """A client of the real service, with the environment's credentials; `project` pays."""
    from google.cloud import bigquery

    return bigquery.Client(project=project, location=LOCATION)


def read_year(client: "bigquery.Client", year: int, stations: Sequence[str], max_bytes: int) -> FileRows:
    """DAILY rows of these stations (eleven characters each) in a year, over the same reader as NCEI's files.

    Raises TooManyBytesError, ValueError for a year without a table, and what the client raises.
    """
    if not FIRST_YEAR <= year <= 9999:
        raise ValueError(f"{year}: GSOD begins in {FIRST_YEAR}")
    sql = (
        f"SELECT {', '.join(f'`{name}`' for name in BIGQUERY_COLUMNS)} FROM `{DATASET}.gsod{year}` "  # noqa: S608
        "WHERE CONCAT(stn, wban) IN UNNEST(@stations)"
    )
    table = _query(client, sql, stations, max_bytes)
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return read_gsod(File(buffer.getvalue(), f"gsod{year}"))


def read_stations(client: "bigquery.Client", archive: str, max_bytes: int) -> StationRows:
    """STATION rows of the table `stations`."""
    sql = f"SELECT {', '.join(f'`{name}`' for name in _STATIONS)} FROM `{DATASET}.stations`"  # noqa: S608
    table = _query(client, sql, None, max_bytes)
    text = {name: pc.fill_null(table[name].combine_chunks().cast(pa.string()), "") for name in _STATIONS}
    position = [decoded(text[name], "").value for name in ("lat", "lon", "elev")]
    days: dict[str, np.ndarray] = {name: distinct(text[name], days_of) for name in ("begin", "end")}
    ids = pc.binary_join_element_wise(text["usaf"], text["wban"], "")
    return stations_of(archive, ids, text["name"], position, first=days["begin"], last=days["end"])


def _query(client: "bigquery.Client", sql: str, stations: Sequence[str] | None, max_bytes: int) -> pa.Table:
    from google.cloud import bigquery

    parameters = [bigquery.ArrayQueryParameter("stations", "STRING", sorted(stations))] if stations else []
    dry = bigquery.QueryJobConfig(dry_run=True, use_query_cache=False, query_parameters=parameters)
    size = client.query(sql, job_config=dry, location=LOCATION).total_bytes_processed
    if size > max_bytes:
        raise TooManyBytesError(
            f"the query would read {size:,} bytes, more than the {max_bytes:,} of WEATHER_GSOD_MAX_BYTES"
        )
    config = bigquery.QueryJobConfig(maximum_bytes_billed=max_bytes, query_parameters=parameters)
    job = client.query(sql, job_config=config, location=LOCATION)
    return job.result().to_arrow(create_bqstorage_client=False)
