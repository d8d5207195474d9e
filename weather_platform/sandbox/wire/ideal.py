"""`GET /ideal?cycle=2026-08-01T06Z&hours=120`: what the ideal blender would say. Our own format.

The cycle's fetch is taken to be 15 minutes after its start, whatever the clock says. JSON columns of equal
length:

    {"location_id": [...], "cycle": [...], "valid_time": [...], "variable": [...], "value": [...], "sd":
    [...]}

Times are `YYYY-MM-DDTHH:MM:SSZ`; `variable` is `temperature_c` or `wind_speed_m_s` (the contract's units);
`sd` is the standard deviation of the observation around `value`. Valid times are at 00, 03, … 21 UTC from the
fetch to `hours` after it. A malformed parameter is answered with 400 and `{"error": "<reason>"}`.
"""

from datetime import UTC, datetime

import numpy as np

from weather_platform.sandbox import ideal
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire.ask import FIRST_YEAR, LAST_YEAR, Ask, Reply, json_reply, utc_text

_FETCH_SECONDS = 900
_FURTHEST_HOURS = 360
_SERVED = {"temperature_c": ideal.temperature, "wind_speed_m_s": ideal.wind_speed}


def respond(ask: Ask, simulation: Simulation) -> Reply:
    """Answer `/ideal`."""
    try:
        cycle = datetime.strptime(ask.params.get("cycle", ""), "%Y-%m-%dT%HZ").replace(tzinfo=UTC)
    except ValueError:
        return json_reply({"error": "parameter cycle must be like 2026-08-01T06Z"}, 400)
    if not FIRST_YEAR <= cycle.year <= LAST_YEAR:
        return json_reply({"error": f"parameter cycle must be in {FIRST_YEAR} to {LAST_YEAR}"}, 400)
    text = ask.params.get("hours", "120")
    if not text.isdecimal() or not 6 <= int(text) <= _FURTHEST_HOURS:
        return json_reply(
            {"error": f"parameter hours must be a whole number from 6 to {_FURTHEST_HOURS}"}, 400
        )
    now = cycle.timestamp() + _FETCH_SECONDS
    columns: dict[str, list[str | float]] = {
        name: [] for name in ("location_id", "cycle", "valid_time", "variable", "value", "sd")
    }
    for variable, estimate in _SERVED.items():
        said = estimate(simulation, now, int(text))
        count = said.value.size
        columns["location_id"] += list(simulation.panel.location_ids) * len(said.hours)
        columns["cycle"] += [f"{cycle:%Y-%m-%dT%H:%M:%SZ}"] * count
        columns["valid_time"] += np.repeat(
            utc_text(said.hours, "%Y-%m-%dT%H:%M:%SZ"), len(simulation.panel)
        ).tolist()
        columns["variable"] += [variable] * count
        columns["value"] += np.round(said.value.ravel(), 3).tolist()
        columns["sd"] += np.round(said.sd.ravel(), 3).tolist()
    return json_reply(columns)
