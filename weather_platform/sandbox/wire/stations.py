"""The sandbox's station archive: hourly measurements of every panel place, as CSV. A wire format of our own.

    GET /stations/observations?date=YYYY-MM-DD

answers `text/csv; charset=utf-8`, comma-separated, lines ended by a line feed, header always present:

    station_id,location_id,time_utc,available_utc,quality,temperature_c,dew_point_c,relative_humidity_percent,
    pressure_msl_hpa,surface_pressure_hpa,cloud_cover_percent,visibility_m,precipitation_mm,wind_speed_m_s,
    wind_direction_deg,wind_gust_m_s

(on one line). One row per station and hour of the UTC day `date` (00:00 to 23:00), ordered by station, then
time. `time_utc` and `available_utc` are `YYYY-MM-DDTHH:MM:SSZ`; the row could be known from `available_utc`
on, 60 to 90 minutes after `time_utc`, and a row that is not yet available by the simulated clock is not in
the reply. Precipitation is the sum over the hour that ends at `time_utc`, wind speed the mean of its last ten
minutes, all else holds at that time. A missing measurement is an empty field. `quality` is `good` or
`suspect`: a suspect row has failed the station's own checks, and some of its values are gross errors.

Errors: 400 with the JSON body `{"error": "<reason>"}` for a missing or malformed date. An unknown future day
is a reply with the header only. Every station stands at its place (distance 0) and has an id of its own,
`SIM-<location_id>`.
"""

from datetime import date

import numpy as np

from weather_platform.sandbox.observations import Reports, reports_of_day
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire.ask import FIRST_YEAR, LAST_YEAR, Ask, Reply, json_reply

# Contract column → (column on the wire, factor, digits).
_COLUMNS = {
    "temperature_c": ("temperature_c", 1.0, 2),
    "dew_point_c": ("dew_point_c", 1.0, 2),
    "relative_humidity": ("relative_humidity_percent", 100.0, 1),
    "pressure_msl_hpa": ("pressure_msl_hpa", 1.0, 1),
    "surface_pressure_hpa": ("surface_pressure_hpa", 1.0, 1),
    "cloud_cover": ("cloud_cover_percent", 100.0, 1),
    "visibility_m": ("visibility_m", 1.0, 0),
    "precipitation_mm": ("precipitation_mm", 1.0, 1),
    "wind_speed_m_s": ("wind_speed_m_s", 1.0, 2),
    "wind_direction_deg": ("wind_direction_deg", 1.0, 0),
    "wind_gust_m_s": ("wind_gust_m_s", 1.0, 2),
}
HEADER = ",".join(
    (
        "station_id",
        "location_id",
        "time_utc",
        "available_utc",
        "quality",
        *(name for name, _, _ in _COLUMNS.values()),
    )
)


def respond(ask: Ask, simulation: Simulation) -> Reply:
    """Answer a request below `/stations`."""
    if ask.path != "/observations":
        return json_reply({"error": "not found: only /stations/observations is served"}, 404)
    try:
        day = date.fromisoformat(ask.params.get("date", ""))
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            return json_reply({"error": f"parameter date must be in {FIRST_YEAR} to {LAST_YEAR}"}, 400)
    except ValueError:
        return json_reply({"error": "parameter date must be a day as YYYY-MM-DD"}, 400)
    number = (day - date(1970, 1, 1)).days
    reports = reports_of_day(simulation.world, simulation.seed, number)
    text = "\n".join([HEADER, *_lines(simulation, reports, ask.now), ""])
    return Reply(200, text.encode(), "text/csv; charset=utf-8")


def _lines(simulation: Simulation, reports: Reports, now: float) -> list[str]:
    times = _stamps((reports.start + np.arange(24)) * 3600)
    values = [
        np.round(reports.values[name] * factor, digits).T.ravel()
        for name, (_, factor, digits) in _COLUMNS.items()
    ]
    texts = [["" if v != v else f"{v:g}" for v in column.tolist()] for column in values]  # noqa: PLR0124 - NaN
    available = reports.available.T.ravel()
    stamps = _stamps(available)
    ids = np.repeat(simulation.panel.location_ids, 24).tolist()
    marks = np.where(reports.suspect, "suspect", "good").T.ravel().tolist()
    rows = zip(ids, times * len(simulation.panel), stamps, marks, *texts, strict=True)
    out = (available <= now).tolist()
    return [f"SIM-{row[0]},{','.join(row)}" for row, known in zip(rows, out, strict=True) if known]


def _stamps(seconds: np.ndarray) -> list[str]:
    stamps = np.datetime_as_string(seconds.astype(np.int64).astype("datetime64[s]"), unit="s")
    return [f"{stamp}Z" for stamp in stamps.tolist()]
