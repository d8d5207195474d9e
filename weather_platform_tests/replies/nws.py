"""A small reply of the National Weather Service, as served."""

from datetime import timedelta
from typing import Any

from weather_platform_tests.replies.start import START


def nws_points(office: str = "LWX", x: int = 97, y: int = 71) -> dict[str, Any]:
    """A look-up's reply."""
    return {"type": "Feature", "properties": {"gridId": office, "gridX": x, "gridY": y}}


def nws_gridpoint(latitude: float = 38.89, longitude: float = -77.03, hours: int = 168) -> dict[str, Any]:
    """Raw layers: states by the hour, amounts by six hours."""

    def layer(unit: str, value: float, step: int = 1) -> dict[str, Any]:
        starts = [START + timedelta(hours=i) for i in range(0, hours, step)]
        values = [
            {"validTime": f"{start:%Y-%m-%dT%H:%M:%S+00:00}/PT{step}H", "value": value} for start in starts
        ]
        return {"uom": f"wmoUnit:{unit}", "values": values}

    corner = [[longitude - 0.01, latitude - 0.01], [longitude + 0.01, latitude - 0.01]]
    corner += [[longitude + 0.01, latitude + 0.01], [longitude - 0.01, latitude + 0.01]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[*corner, corner[0]]]},
        "properties": {
            "updateTime": "2026-07-31T20:15:00+00:00",
            "elevation": {"unitCode": "wmoUnit:m", "value": 3.96},
            "temperature": layer("degC", 22.5),
            "dewpoint": layer("degC", 12.0),
            "relativeHumidity": layer("percent", 73),
            "skyCover": layer("percent", 40),
            "windDirection": layer("degree_(angle)", 160),
            "windSpeed": layer("km_h-1", 18.0),
            "windGust": layer("km_h-1", 36.0),
            "quantitativePrecipitation": layer("mm", 1.2, 6),
            "probabilityOfPrecipitation": layer("percent", 30, 6),
        },
    }
