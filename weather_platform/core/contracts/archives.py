"""Contracts of what archives offer: their stations, which of them are a place's, and the files they list."""

from dataclasses import replace

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.tables.contract import Column, Contract

STATION = Contract(
    name="stations",
    description="Stations of the archives in use, as their own lists describe them.",
    columns=(
        Column("archive", "text", "Archive that lists the station", nullable=False),
        Column("station_id", "text", "Its id there, as files are named by it", nullable=False),
        Column("name", "text", "What the archive calls it"),
        Column("latitude", "float", "Degrees, WGS84", nullable=False, ge=-90, le=90),
        Column("longitude", "float", "Degrees, WGS84", nullable=False, ge=-180, le=180),
        Column("elevation_m", "float", "Above sea level, m", ge=-500, le=9000),
        Column("first_day", "time", "First day with data, or that of the first year, where the list says"),
        Column("last_day", "time", "Last day with data, or the end of the last year, where the list says"),
    ),
    key=("archive", "station_id"),
)

STATION_MATCH = Contract(
    name="station_matches",
    description="Which stations are near each place, and which of them are taken as its truth.",
    columns=(
        Column("archive", "text", "Archive that lists the station", nullable=False),
        Column("location_id", "text", "Place", nullable=False),
        Column("place", "text", "What people call the place"),
        Column("rank", "int", "1 for the station that is asked first", nullable=False, ge=1),
        Column("station_id", "text", "Station", nullable=False),
        Column("station", "text", "What the archive calls the station"),
        Column("distance_km", "float", "Great-circle distance, km", nullable=False, ge=0, le=20040),
        Column("height_difference_m", "float", "Station above place, m; null where a height is unknown"),
        Column("used", "bool", "Whether the station is taken", nullable=False),
        Column("reason", "text", "Why it is not taken", nullable=False),
    ),
    key=("archive", "location_id", "rank"),
)

LISTING = Contract(
    name="listings",
    description="Files that an archive lists for a year, as its directory page showed them.",
    columns=(
        Column("archive", "text", "Archive", nullable=False),
        Column("year", "text", "Year of the folder: the partition", nullable=False),
        Column("name", "text", "File name", nullable=False),
        Column("url", "text", "Where the file is", nullable=False),
        Column("station_id", "text", "Station that the name tells"),
        Column("modified", "time", "Last change as the page shows it, taken as UTC"),
        Column("bytes", "float", "Size as the page shows it, rounded as there", ge=0),
        Column("seen_at", "time", "When the page was read", nullable=False),
        Column("page_etag", "text", "The page's ETag, sent back to ask whether it changed"),
        Column("page_modified", "text", "The page's Last-Modified, for the same"),
    ),
    key=("archive", "year", "name"),
    partition_column="year",
)

# Rows set aside of files; a file that is read again replaces its own.
FILE_QUARANTINE = replace(QUARANTINE, partition_column="object", grain=None)
