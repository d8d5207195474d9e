"""The weather variables that rows carry, their bounds and meanings. Which of them we can forecast
ourselves stands in core.quantities.targets.
"""

from weather_platform.core.tables.contract import Column

# Bounds are what Earth's surface can show with a margin (records: −89.2 and 56.7 °C, 113 m/s, 870 and 1085
# hPa, 305 mm in 42 minutes), so that a value outside is a unit or decoding mistake, never weather.
WEATHER: tuple[Column, ...] = (
    Column("temperature_c", "float", "Air temperature at 2 m, °C", ge=-95, le=65),
    Column("apparent_temperature_c", "float", "Felt temperature, °C", ge=-120, le=90),
    Column("dew_point_c", "float", "Dew point at 2 m, °C", ge=-110, le=45),
    Column("relative_humidity", "float", "Relative humidity at 2 m, 0-1", ge=0, le=1.05),
    Column("pressure_msl_hpa", "float", "Pressure reduced to sea level, hPa", ge=850, le=1100),
    Column("surface_pressure_hpa", "float", "Pressure at the surface, hPa", ge=300, le=1100),
    Column("cloud_cover", "float", "Sky covered by cloud, 0-1", ge=0, le=1),
    Column("visibility_m", "float", "Horizontal visibility, m", ge=0, le=500_000),
    Column(
        "precipitation_mm", "float", "Rain, showers and melted snow over interval_hours, mm", ge=0, le=1000
    ),
    Column("rain_mm", "float", "Liquid precipitation over interval_hours, mm", ge=0, le=1000),
    Column("snowfall_water_mm", "float", "Snowfall over interval_hours as water, mm", ge=0, le=500),
    Column(
        "precipitation_probability", "float", "Chance of precipitation within interval_hours, 0-1", ge=0, le=1
    ),
    Column("wind_speed_m_s", "float", "Mean wind speed at 10 m, m/s", ge=0, le=120),
    Column(
        "wind_direction_deg",
        "float",
        "Direction the wind comes from, degrees clockwise from north",
        ge=0,
        le=360,
    ),
    Column("wind_gust_m_s", "float", "Wind gust at 10 m, m/s", ge=0, le=150),
)

# Of the common grid of valid times: 00, 03, ... 21 UTC (core.grid).
STEP_HOURS = 3

# Accumulated over the hours before valid_time, unlike the others, which hold at valid_time.
ACCUMULATED: frozenset[str] = frozenset({"precipitation_mm", "rain_mm", "snowfall_water_mm"})
