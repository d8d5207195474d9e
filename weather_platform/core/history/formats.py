"""Every file format of an archive that the platform reads, one line each."""

from weather_platform.core.contracts.truth import DAILY, STATION_REPORT
from weather_platform.core.history.format import Format

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("gsod", "NOAA GSOD, NCEI's CSV or BigQuery's export", DAILY, "gsod:read_gsod"),
        Format("ghcn_daily", "NOAA GHCN-Daily, .dly or CSV", DAILY, "ghcn_daily:read_ghcn_daily"),
        Format("ghcn_hourly", "NOAA GHCN-Hourly, .psv", STATION_REPORT, "ghcn_hourly:read_ghcn_hourly"),
        Format("isd_lite", "NOAA ISD-Lite", STATION_REPORT, "isd_lite:read_isd_lite"),
        Format("isd", "NOAA ISD, full", STATION_REPORT, "isd:read_isd"),
        Format("dwd", "DWD products of hours and ten minutes", STATION_REPORT, "dwd:read_dwd"),
        Format("dwd_daily", "DWD's daily product KL", DAILY, "dwd:read_dwd_daily"),
        Format("dwd_poi", "DWD current observations", STATION_REPORT, "dwd_poi:read_dwd_poi"),
        Format("meteostat", "Meteostat hourly", STATION_REPORT, "meteostat:read_meteostat"),
    )
}
