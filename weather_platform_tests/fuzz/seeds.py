"""Good files to start from, beyond what the other tests' helpers make."""

from weather_platform_tests.core.history.test_formats import _GOOD
from weather_platform_tests.core.history.test_gsod import ncei

WIDE_CSV = b"""time,place,temp,wind,rain
2026-08-01T00:00,berlin,68.5,12,0.1
2026-08-01T01:00,berlin,67.1,,999
2026-08-01T02:00+02:00,lima,-9999,n/a,0
"""
LONG_CSV = b"""stamp,station,code,value,flag
2026-08-01 00:00,A1,032,21.5,V
2026-08-01 00:30,A1,032,21.1,S
2026-08-01 00:00,A1,30,3.5,V
2026-08-01 00:30,B2,35,0.2,N
"""
STATIONS_CSV = b"""station_id,location_id,time_utc,available_utc,quality,temperature_c,dew_point_c,\
relative_humidity_percent,pressure_msl_hpa,surface_pressure_hpa,cloud_cover_percent,visibility_m,\
precipitation_mm,wind_speed_m_s,wind_direction_deg,wind_gust_m_s
S,a,2026-08-03T01:00:00Z,2026-08-03T02:10:00Z,good,21.5,11,50,1013,,75,9000,0.2,3.5,270,7
S,a,2026-08-03T02:00:00Z,2026-08-03T03:10:00Z,suspect,99.5,11,50,1013,,75,9000,0.2,3.5,270,7
"""
_NAMES = {"meteostat": "10637.csv"}
ARCHIVE_FILES = {
    "gsod": ("72494023234.csv", ncei()),
    **{form: (_NAMES.get(form, "071690-99999-2024"), data) for form, data in _GOOD.items()},
}
