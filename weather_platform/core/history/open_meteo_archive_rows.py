"""Replies of Open-Meteo's archive API as observation rows.

Belongs here: a reply's rows. Does not: what is asked (open_meteo_archive). The format is that of the forecast
API, so the same reader takes it, as if it had been fetched before all of its times.
"""

from dataclasses import replace
from datetime import timedelta

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.fetching.payloads import Meta
from weather_platform.core.fetching.spans import had_from
from weather_platform.core.history.spec import DayRows
from weather_platform.core.parsing.parse import Source, assemble
from weather_platform.core.parsing.quarantine import bad_source
from weather_platform.core.providers.open_meteo import PROVIDER
from weather_platform.core.providers.span_names import span_of
from weather_platform.core.quantities.variables import WEATHER
from weather_platform.core.sphere import great_circle_km
from weather_platform.core.tables.schema import conform, empty

_FROM_PLACE_TO_GRID = ("latitude", "longitude", "grid_latitude", "grid_longitude")


def parse_rows(meta: Meta, body: bytes, settled: timedelta) -> DayRows:
    """Rows of a reply (station: the place itself), known when their day could be asked for, which is
    `settled` after its end; nothing is raised.
    """
    span = span_of(meta.request)
    if span is None:
        reason = "the object is not named by days; remove it to have it fetched again"
        return DayRows(empty(OBSERVATION), bad_source(meta.provider, meta.cycle, meta.object, reason))
    asked = replace(meta.asked(), fetched_at=span[0], models=("reanalysis",))
    parsed = assemble(PROVIDER, [Source(meta.object, meta.cycle, asked, body)])
    aside = parsed.quarantine.assign(source=meta.provider)
    rows = parsed.rows
    if rows.empty:
        return DayRows(empty(OBSERVATION), conform(aside, QUARANTINE))
    weather = rows[[column.name for column in WEATHER if column.name != "precipitation_probability"]]
    frame = weather.assign(
        location_id=rows["location_id"],
        station_id=rows["location_id"],
        source=meta.provider,
        time=rows["valid_time"],
        known_at=had_from(settled, rows["valid_time"]),
        distance_km=great_circle_km(*(rows[name].to_numpy() for name in _FROM_PLACE_TO_GRID)),
        interval_hours=rows["interval_hours"],
        quality="unchecked",
    )
    return DayRows(conform(frame, OBSERVATION).reset_index(drop=True), conform(aside, QUARANTINE))
