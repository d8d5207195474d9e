"""MET Norway's Locationforecast 2.0, `complete` and `compact`: hourly for about 60 hours, then six-hourly.

As on the wire: a User-Agent that says who asks is required (403 otherwise), coordinates of at most four
decimals, amounts that lie ahead of the time (`next_1_hours`, `next_6_hours`), no amounts in the last step,
errors as HTML or text.
"""

from functools import cache
from typing import Any

import numpy as np

from weather_platform.sandbox.feeds import feeds_of
from weather_platform.sandbox.forecast import RUN_DELAY_HOURS, run_at
from weather_platform.sandbox.panel import Spot
from weather_platform.sandbox.physics import snow_share
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire.ask import Ask, Reply, Series, json_reply, rounded, spot_of, utc_text
from weather_platform.sandbox.wire.sky import MET_NORWAY, MET_NORWAY_BY_DAY, sky

(_FEED,) = feeds_of("met_norway")
_HOURLY, _LAST = 60, 228  # hours from the run
_BASE = "/weatherapi/locationforecast/2.0/"
_UNITS = {
    "air_pressure_at_sea_level": "hPa",
    "air_temperature": "celsius",
    "cloud_area_fraction": "%",
    "precipitation_amount": "mm",
    "relative_humidity": "%",
    "wind_from_direction": "degrees",
    "wind_speed": "m/s",
}
_COMPLETE_UNITS = _UNITS | {
    "dew_point_temperature": "celsius",
    "probability_of_precipitation": "%",
    "wind_speed_of_gust": "m/s",
}


def respond(ask: Ask, simulation: Simulation) -> Reply:
    """Answer a request below `/met_norway`."""
    if not ask.headers.get("user-agent"):
        return _page(
            403, "Forbidden", "Please identify yourself with a User-Agent that names your site and contact."
        )
    product = ask.path.removeprefix(_BASE)
    if product not in ("complete", "compact"):
        return _page(404, "Not Found", "No such product.")
    texts = ask.params.get("lat", ""), ask.params.get("lon", "")
    if any(len(text.partition(".")[2]) > 4 for text in texts):
        return _page(403, "Forbidden", "Coordinates must be cut to four decimals.")
    spot = spot_of(ask, simulation, *texts)
    if spot is None:
        return _page(400, "Bad Request", "lat and lon must be numbers within -90..90 and -180..180.")
    return json_reply(
        _forecast(ask, simulation, spot, product == "complete"), content_type="application/json"
    )


def _page(status: int, title: str, text: str) -> Reply:
    body = (
        f"<html><head><title>{status} {title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    )
    return Reply(status, body.encode(), "text/html; charset=utf-8")


def _forecast(ask: Ask, simulation: Simulation, spot: Spot, complete: bool) -> dict[str, Any]:
    from_hour = int(ask.now // 3600)
    run = run_at(ask.now)
    end = -(-(run + _HOURLY) // 6) * 6
    hours = np.concatenate([np.arange(from_hour, end), np.arange(end, run + _LAST, 6)])
    series = Series(simulation, _FEED, ask, spot, hours)
    (updated,) = utc_text(np.array([run + RUN_DELAY_HOURS]), "%Y-%m-%dT%H:27:06Z")
    return {
        "type": "Feature",
        "geometry": {
            "type": "Point",
            "coordinates": [
                spot.longitude,
                spot.latitude,
                round(float(simulation.panel.elevation_m[spot.index])),
            ],
        },
        "properties": {
            "meta": {"updated_at": updated, "units": _COMPLETE_UNITS if complete else _UNITS},
            "timeseries": _steps(series, end, complete),
        },
    }


def _steps(series: Series, hourly_end: int, complete: bool) -> list[dict[str, Any]]:
    names, columns = _instant(series, complete)
    times = utc_text(series.hours, "%Y-%m-%dT%H:%M:%SZ")
    one, six = _ahead(series, 1, complete), _ahead(series, 6, complete)
    steps = []
    for index, (hour, row) in enumerate(zip(series.hours.tolist(), zip(*columns, strict=True), strict=True)):
        if row[0] is None:
            continue
        data: dict[str, Any] = {"instant": {"details": dict(zip(names, row, strict=True))}}
        if hour < hourly_end:
            data["next_1_hours"] = one[index]
        if (hour < hourly_end - 5 or hour >= hourly_end) and index < len(times) - 1:
            data["next_6_hours"] = six[index]
            data["next_12_hours"] = {"summary": six[index]["summary"], "details": {}}
        steps.append({"time": times[index], "data": data})
    return steps


def _instant(series: Series, complete: bool) -> tuple[list[str], list[list[float | None]]]:
    details = {
        "air_temperature": series["temperature_c"],
        "air_pressure_at_sea_level": series["pressure_msl_hpa"],
        "cloud_area_fraction": series["cloud_cover"] * 100,
        "relative_humidity": series["relative_humidity"] * 100,
        "wind_from_direction": series["wind_direction_deg"],
        "wind_speed": series["wind_speed_m_s"],
    }
    if complete:
        details["dew_point_temperature"] = series["dew_point_c"]
        details["wind_speed_of_gust"] = series["wind_gust_m_s"]
    return list(details), [rounded(values, 1) for values in details.values()]


def _ahead(series: Series, hours: int, complete: bool) -> list[dict[str, Any]]:
    """The `next_N_hours` parts; an amount that reaches into hours left out is missing, and so is its key."""
    amount = series.sum_after("precipitation_mm", hours)
    snow = snow_share(series["temperature_c"])
    states = sky(series["cloud_cover"], amount / hours, snow, series["visibility_m"])
    solar = (series.hours + series.spot.longitude / 15) % 24
    summaries = [_summary(state, 6 <= hour < 18) for state, hour in zip(states, solar.tolist(), strict=True)]
    amounts, chances = rounded(amount, 1), rounded(series.chance(hours, ahead=True) * 100, 1)
    parts = []
    for summary, total, chance in zip(summaries, amounts, chances, strict=True):
        details = {} if total is None else {"precipitation_amount": total}
        if complete and chance is not None:
            details["probability_of_precipitation"] = chance
        parts.append({"summary": summary, "details": details})
    return parts


@cache
def _summary(state: int, day: bool) -> dict[str, str]:
    """Shared by steps: never write to it."""
    name = MET_NORWAY[state]
    when = ("_day" if day else "_night") if name in MET_NORWAY_BY_DAY else ""
    return {"symbol_code": name + when}
