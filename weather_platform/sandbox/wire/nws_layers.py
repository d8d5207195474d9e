"""Layers of an NWS gridpoint: values over intervals, equal neighbours merged, in forecasters' steps."""

from typing import Any

import numpy as np

from weather_platform.sandbox.wire.ask import Series, utc_text

_SPAN = 6  # hours of a precipitation interval


def layers(series: Series) -> dict[str, Any]:
    """The layers by name; hours left out are in no interval."""
    times = utc_text(series.hours, "%Y-%m-%dT%H:00:00+00:00")

    def layer(uom: str, values: np.ndarray) -> dict[str, Any]:
        return {"uom": f"wmoUnit:{uom}", "values": _merged(times, values)}

    def celsius(name: str) -> np.ndarray:
        return (np.round(series[name] * 1.8 + 32) - 32) / 1.8

    def knots(name: str) -> np.ndarray:
        return np.round(np.round(series[name] / 0.514444) * 1.852, 3)

    inches = np.round(series.sum_after("precipitation_mm", _SPAN) / 0.254) * 0.254
    return {
        "temperature": layer("degC", celsius("temperature_c")),
        "dewpoint": layer("degC", celsius("dew_point_c")),
        "relativeHumidity": layer("percent", np.round(series["relative_humidity"] * 100)),
        "apparentTemperature": layer("degC", celsius("apparent_temperature_c")),
        "skyCover": layer("percent", np.round(series["cloud_cover"] * 100)),
        "windDirection": layer("degree_(angle)", np.round(series["wind_direction_deg"], -1)),
        "windSpeed": layer("km_h-1", knots("wind_speed_m_s")),
        "windGust": layer("km_h-1", knots("wind_gust_m_s")),
        "probabilityOfPrecipitation": {
            "uom": "wmoUnit:percent",
            "values": _spans(series, times, np.round(series.chance(_SPAN, ahead=True) * 100)),
        },
        "quantitativePrecipitation": {
            "uom": "wmoUnit:mm",
            "values": _spans(series, times, np.round(inches, 4)),
        },
        "visibility": layer("m", np.round(series["visibility_m"] / 160.9344) * 160.9344),
    }


def _merged(times: list[str], values: np.ndarray) -> list[dict[str, Any]]:
    """Hourly values as intervals: equal neighbours in one, hours left out in none."""
    starts = np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1])
    lengths = np.diff(np.append(starts, len(values)))
    return [
        {"validTime": f"{times[start]}/{_duration(length)}", "value": value}
        for start, length, value in zip(
            starts.tolist(), lengths.tolist(), values[starts].tolist(), strict=True
        )
        if value == value  # noqa: PLR0124 - NaN, an hour left out
    ]


def _duration(hours: int) -> str:
    days, rest = divmod(hours, 24)
    return f"P{f'{days}D' if days else ''}{f'T{rest}H' if rest or not days else ''}"


def _spans(series: Series, times: list[str], values: np.ndarray) -> list[dict[str, Any]]:
    """Values of the spans that begin at 00, 06, 12 and 18 UTC; one with an hour left out is absent."""
    begins = np.flatnonzero(series.hours % _SPAN == 0).tolist()
    return [
        {"validTime": f"{times[i]}/PT6H", "value": float(values[i])} for i in begins if np.isfinite(values[i])
    ]
