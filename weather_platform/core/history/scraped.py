"""What an archive is whose files stand in directory listings: a value that says where, and how to read them.

Belongs here: the type that every such archive fills, which needs no pandas. Does not: fetching (crawl),
reading files (format).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from weather_platform.core.providers.spec import Auth, Request


@dataclass(frozen=True)
class StationList:
    """Where an archive's list of stations is, and its reader as `function` of core.history.station_lists."""

    path: str
    reader: str


@dataclass(frozen=True)
class Scraped:
    """An archive of one file per station and year. One entry below makes it known.

    `folders` are the paths of a year's listings, with {year}; without it they are one for all years. `file`
    matches the names of their files, which are unique over all folders, with a group `station`. `form` names
    the file format; `stations` says where the list is. `latency` is how long after its time a value is there,
    `per_minute` how many requests are polite. The other fields are those of a Provider, so that one HTTP
    client serves both.
    """

    name: str
    title: str
    base_url: str
    folders: tuple[str, ...]
    file: re.Pattern[str]
    form: str
    stations: StationList
    attribution: str
    latency: timedelta
    per_minute: float = 60.0
    max_bytes: int = 64_000_000
    begins: bytes = b""
    also_retried: tuple[int, ...] = ()
    concurrency: int = 2
    timeout_seconds: float = 60.0
    auth: Auth | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    follow: Callable[[Request, bytes], Request | None] | None = None

    def station_of(self, name: str) -> str | None:
        """The station that a file's name tells; None for files that are not of this archive."""
        found = self.file.fullmatch(name)
        return found["station"] if found else None

    def paths(self, year: str) -> list[str]:
        """The paths of a year's listings."""
        return [folder.format(year=year) for folder in self.folders]

    @property
    def by_year(self) -> bool:
        """Whether every year has folders of its own."""
        return all("{year}" in folder for folder in self.folders)


NCEI = "https://www.ncei.noaa.gov/"
_ISD_STATIONS = "pub/data/noaa/isd-history.csv"
_PUBLIC = "NOAA National Centers for Environmental Information; public domain."
_ISD_FILE = re.compile(r"(?P<station>[0-9A-Z]{6}-\d{5})-\d{4}\.gz")

# Daily summaries, for tables of their own. GSOD has a folder a year, and the year stands in no name; a file
# of GHCN-Daily has all years of a station.
GSOD = Scraped(
    name="gsod",
    title="NOAA GSOD",
    base_url=NCEI,
    folders=("data/global-summary-of-the-day/access/{year}/",),
    file=re.compile(r"(?P<station>[0-9A-Z]{11})\.csv"),
    form="gsod",
    stations=StationList(_ISD_STATIONS, "gsod_stations"),
    attribution=_PUBLIC,
    latency=timedelta(days=2),
)
GHCN_DAILY = Scraped(
    name="ghcn_daily",
    title="NOAA GHCN-Daily",
    base_url=NCEI,
    folders=("pub/data/ghcn/daily/by_station/",),
    file=re.compile(r"(?P<station>[A-Z]{2}[A-Z0-9_\-]{9})\.csv\.gz"),
    form="ghcn_daily",
    stations=StationList("pub/data/ghcn/daily/ghcnd-stations.txt", "ghcnd_stations"),
    attribution=_PUBLIC,
    latency=timedelta(days=2),
)
DAILIES: dict[str, Scraped] = {each.name: each for each in (GSOD, GHCN_DAILY)}

_DWD = "climate_environment/CDC/observations_germany/climate/hourly"
DWD = Scraped(
    name="dwd",
    title="DWD open data, hourly",
    base_url="https://opendata.dwd.de/",
    folders=tuple(
        f"{_DWD}/{sensor}/recent/"
        for sensor in ("air_temperature", "dew_point", "wind", "precipitation", "pressure", "visibility")
    ),
    file=re.compile(r"stundenwerte_[A-Z0-9]+_(?P<station>\d{5})_akt\.zip"),
    form="dwd",
    stations=StationList(
        f"{_DWD}/air_temperature/recent/TU_Stundenwerte_Beschreibung_Stationen.txt", "dwd_stations"
    ),
    attribution="Deutscher Wetterdienst; CC BY 4.0 (GeoNutzV).",
    latency=timedelta(days=1),
)

SCRAPED: dict[str, Scraped] = {
    each.name: each
    for each in (
        Scraped(
            name="ghcn_hourly",
            title="NOAA GHCN-Hourly",
            base_url=NCEI,
            folders=("oa/global-historical-climatology-network/hourly/access/by-year/{year}/psv/",),
            file=re.compile(r"GHCNh_(?P<station>[A-Z0-9_\-]{11})_\d{4}\.psv"),
            form="ghcn_hourly",
            stations=StationList(
                "oa/global-historical-climatology-network/hourly/doc/ghcnh-station-list.csv", "ghcn_stations"
            ),
            attribution=_PUBLIC,
            latency=timedelta(days=2),
        ),
        Scraped(
            name="isd_lite",
            title="NOAA ISD-Lite",
            base_url=NCEI,
            folders=("pub/data/noaa/isd-lite/{year}/",),
            file=_ISD_FILE,
            form="isd_lite",
            stations=StationList(_ISD_STATIONS, "isd_stations"),
            attribution=_PUBLIC,
            latency=timedelta(days=2),
        ),
        Scraped(
            name="isd",
            title="NOAA ISD, full",
            base_url=NCEI,
            folders=("pub/data/noaa/{year}/",),
            file=_ISD_FILE,
            form="isd",
            stations=StationList(_ISD_STATIONS, "isd_stations"),
            attribution=_PUBLIC,
            latency=timedelta(days=2),
        ),
        DWD,
    )
}
