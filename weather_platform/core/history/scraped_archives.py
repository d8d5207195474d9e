"""Every archive whose files stand in directory listings, one entry each.

Belongs here: where they are and how they are laid out. Does not: what such an archive is (scraped), or how a
file is read (formats).
"""

import re
from datetime import timedelta
from functools import partial

from weather_platform.core.history.scraped import Scraped, StationList

_ISD_STATIONS = "pub/data/noaa/isd-history.csv"
_ISD_FILE = re.compile(r"(?P<station>[0-9A-Z]{6}-\d{5})-\d{4}\.gz")
_ncei = partial(
    Scraped,
    base_url="https://www.ncei.noaa.gov/",
    attribution="NOAA National Centers for Environmental Information; public domain.",
    latency=timedelta(days=2),
)

# GSOD has a folder a year, and the year stands in no name; a file of GHCN-Daily has all years of a station.
GSOD = _ncei(
    name="gsod",
    title="NOAA GSOD",
    folders=("data/global-summary-of-the-day/access/{year}/",),
    file=re.compile(r"(?P<station>[0-9A-Z]{11})\.csv"),
    form="gsod",
    stations=StationList(_ISD_STATIONS, "station_lists:gsod_stations"),
)
GHCN_DAILY = _ncei(
    name="ghcn_daily",
    title="NOAA GHCN-Daily",
    folders=("pub/data/ghcn/daily/by_station/",),
    file=re.compile(r"(?P<station>[A-Z]{2}[A-Z0-9_\-]{9})\.csv\.gz"),
    form="ghcn_daily",
    stations=StationList(
        "pub/data/ghcn/daily/ghcnd-stations.txt",
        "station_lists:ghcnd_stations",
        beside=("pub/data/ghcn/daily/ghcnd-inventory.txt",),
    ),
)

_DWD = "climate_environment/CDC/observations_germany/climate/hourly"
DWD = Scraped(
    name="dwd",
    title="DWD open data, hourly",
    base_url="https://opendata.dwd.de/",
    folders=tuple(
        f"{_DWD}/{sensor}/recent/"
        for sensor in (
            "air_temperature",
            "dew_point",
            "wind",
            "precipitation",
            "pressure",
            "visibility",
            "cloudiness",
        )
    ),
    file=re.compile(r"stundenwerte_[A-Z0-9]+_(?P<station>\d{5})_akt\.zip"),
    form="dwd",
    stations=StationList(
        f"{_DWD}/air_temperature/recent/TU_Stundenwerte_Beschreibung_Stationen.txt",
        "station_lists:dwd_stations",
    ),
    attribution="Deutscher Wetterdienst; CC BY 4.0 (GeoNutzV).",
    latency=timedelta(days=1),
)

SCRAPED: dict[str, Scraped] = {
    each.name: each
    for each in (
        _ncei(
            name="ghcn_hourly",
            title="NOAA GHCN-Hourly",
            folders=("oa/global-historical-climatology-network/hourly/access/by-year/{year}/psv/",),
            file=re.compile(r"GHCNh_(?P<station>[A-Z0-9_\-]{11})_\d{4}\.psv"),
            form="ghcn_hourly",
            stations=StationList(
                "oa/global-historical-climatology-network/hourly/doc/ghcnh-station-list.csv",
                "station_lists:ghcn_stations",
            ),
        ),
        _ncei(
            name="isd_lite",
            title="NOAA ISD-Lite",
            folders=("pub/data/noaa/isd-lite/{year}/",),
            file=_ISD_FILE,
            form="isd_lite",
            stations=StationList(_ISD_STATIONS, "station_lists:isd_stations"),
        ),
        _ncei(
            name="isd",
            title="NOAA ISD, full",
            folders=("pub/data/noaa/{year}/",),
            file=_ISD_FILE,
            form="isd",
            stations=StationList(_ISD_STATIONS, "station_lists:isd_stations"),
        ),
        DWD,
        GSOD,
        GHCN_DAILY,
    )
}
