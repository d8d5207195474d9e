"""Contracts of what happened: places, and observations beside which forecasts are held."""

from weather_platform.core.partitions import DAY
from weather_platform.core.quantities.variables import WEATHER
from weather_platform.core.tables.contract import Column, Contract

LOCATIONS = Contract(
    name="locations",
    description="The panel of places, revisited every cycle.",
    columns=(
        Column("location_id", "text", "Stable id", nullable=False),
        Column("name", "text", "What people call it"),
        Column("country", "text", "ISO 3166-1 alpha-2 code"),
        Column("latitude", "float", "Degrees, WGS84", nullable=False, ge=-90, le=90),
        Column("longitude", "float", "Degrees, WGS84", nullable=False, ge=-180, le=180),
        Column("elevation_m", "float", "Above sea level, m", ge=-500, le=9000),
    ),
    key=("location_id",),
)

_OBSERVED = (
    Column("location_id", "text", "Place", nullable=False),
    Column(
        "station_id", "text", "Station that measured; the place's own id for a reanalysis", nullable=False
    ),
    Column("source", "text", "Archive or upload that the value came from", nullable=False),
    Column("time", "time", "Time of the measurement; accumulations end here", nullable=False),
    Column("known_at", "time", "Earliest time at which the value can have been known here", nullable=False),
    Column("distance_km", "float", "Great-circle distance from station to place, km", ge=0, le=20040),
    Column(
        "interval_hours", "int", "Accumulation window that ends at time, hours", nullable=False, ge=1, le=24
    ),
    Column("quality", "text", "The source's quality mark: good, suspect, or unchecked", nullable=False),
    *WEATHER,
)

OBSERVATION = Contract(
    name="history",
    description="Hourly measurements of an archive, as it gives them.",
    columns=_OBSERVED,
    key=("location_id", "time", "source"),
    partition_column="time",
    grain=DAY,
)

RECONCILED = Contract(
    name="observations",
    description="One hourly truth table of every archive and upload: one row a place and hour.",
    columns=(
        *_OBSERVED,
        Column(
            "filled", "text", "Variables that `source` lacks, as column=source of the others; null if none"
        ),
    ),
    key=("location_id", "time"),
    partition_column="time",
    grain=DAY,
)

UPLOADED_OBSERVATION = Contract(
    name="uploads",
    description="Observation rows of files that users gave, one partition per file version.",
    columns=(Column("upload", "text", "File version: name and content hash", nullable=False), *_OBSERVED),
    key=("upload", "location_id", "time", "source"),
    partition_column="upload",
)

STATION_REPORT = Contract(
    name="station_files",
    description="Reports of stations as a file of their archive holds them, one partition per file.",
    columns=(
        Column("file", "text", "File of the archive that the row came from", nullable=False),
        Column("station_id", "text", "Station, by the archive's own id", nullable=False),
        Column("source", "text", "Archive", nullable=False),
        Column("time", "time", "Time of the measurement; accumulations end here", nullable=False),
        Column(
            "report", "text", "Kind of report, since a station may send several of one time", nullable=False
        ),
        Column("interval_hours", "int", "Hours that the amounts cover", nullable=False, ge=1, le=24),
        Column("quality", "text", "The archive's quality mark: good, suspect, or unchecked", nullable=False),
        *WEATHER,
    ),
    key=("file", "station_id", "time", "report"),
    partition_column="file",
)

DAILY = Contract(
    name="daily",
    description="Daily summaries of stations as their archive made them; they are not spread over hours.",
    columns=(
        Column(
            "station_id", "text", "Station, unique in its archive: for GSOD its USAF and WBAN", nullable=False
        ),
        Column("source", "text", "Archive that the row came from", nullable=False),
        Column("year", "text", "Year of the day, as 2024: the partition", nullable=False),
        Column("day", "time", "First instant of the archive's day, taken as UTC", nullable=False),
        Column("temperature_mean_c", "float", "Mean air temperature at 2 m, °C", ge=-95, le=65),
        Column("temperature_max_c", "float", "Highest air temperature at 2 m, °C", ge=-95, le=65),
        Column("temperature_min_c", "float", "Lowest air temperature at 2 m, °C", ge=-95, le=65),
        Column("dew_point_mean_c", "float", "Mean dew point at 2 m, °C", ge=-110, le=45),
        Column("pressure_msl_mean_hpa", "float", "Mean pressure at sea level, hPa", ge=850, le=1100),
        Column("surface_pressure_mean_hpa", "float", "Mean pressure at the surface, hPa", ge=300, le=1100),
        Column("visibility_mean_m", "float", "Mean horizontal visibility, m", ge=0, le=500_000),
        Column("wind_speed_mean_m_s", "float", "Mean wind speed at 10 m, m/s", ge=0, le=120),
        Column("wind_speed_max_m_s", "float", "Highest sustained wind speed, m/s", ge=0, le=120),
        Column("wind_gust_max_m_s", "float", "Highest gust, m/s", ge=0, le=150),
        Column(
            "precipitation_mm", "float", "Rain and melted snow over precipitation_hours, mm", ge=0, le=2000
        ),
        Column(
            "precipitation_hours", "float", "Hours that the amount covers; less than 24: a part", ge=1, le=24
        ),
        Column("snow_depth_mm", "float", "Snow on the ground (snow, not water), mm", ge=0, le=15_000),
        Column("temperature_reports", "float", "Reports behind the mean temperature", ge=0, le=24),
        Column("temperature_max_flag", "text", "* where the highest is that of hourly reports alone"),
        Column("temperature_min_flag", "text", "* where the lowest is that of hourly reports alone"),
        Column("precipitation_flag", "text", "The archive's own word on the amount"),
        Column("phenomena", "text", "Fog, rain, snow, hail, thunder, tornado as six digits, 1 for seen"),
    ),
    key=("station_id", "day", "source"),
    partition_column="year",
)
