"""The sandbox's station archive: hourly measurements of every panel place, as CSV. A wire format of our own.

    GET /stations/observations?date=YYYY-MM-DD

answers `text/csv; charset=utf-8`, comma-separated, lines ended by a line feed, header always present:

    station_id,location_id,time_utc,available_utc,quality,temperature_c,dew_point_c,relative_humidity_percent,
    pressure_msl_hpa,surface_pressure_hpa,cloud_cover_percent,visibility_m,precipitation_mm,wind_speed_m_s,
    wind_direction_deg,wind_gust_m_s

(on one line). One row per station and hour of the UTC day `date` (00:00 to 23:00), ordered by station, then time.
`time_utc` and `available_utc` are `YYYY-MM-DDTHH:MM:SSZ`; the row could be known from `available_utc` on, 60 to 90
minutes after `time_utc`, and a row that is not yet available by the simulated clock is not in the reply. Precipitation
is the sum over the hour that ends at `time_utc`, wind speed the mean of its last ten minutes, all else holds at that
time. A missing measurement is an empty field. `quality` is `good` or `suspect`: a suspect row has failed the
station's own checks, and some of its values are gross errors.

Errors: 400 with the JSON body `{"error": "<reason>"}` for a missing or malformed date. An unknown future day is a
reply with the header only. Every station stands at its place (distance 0) and has an id of its own, `SIM-<location_id>`.
"""
