"""The state of the sky in eight classes, and what each provider calls them."""

import numpy as np

_CLOUDS = np.array([0.15, 0.45, 0.85])  # where FEW, BROKEN and OVERCAST begin
CLEAR, FEW, BROKEN, OVERCAST, LIGHT_RAIN, RAIN, SNOW, FOG = range(8)

WMO = (0, 1, 2, 3, 61, 63, 73, 45)
OPENWEATHERMAP = (
    (800, "Clear", "clear sky", "01"),
    (801, "Clouds", "few clouds", "02"),
    (803, "Clouds", "broken clouds", "04"),
    (804, "Clouds", "overcast clouds", "04"),
    (500, "Rain", "light rain", "10"),
    (501, "Rain", "moderate rain", "10"),
    (600, "Snow", "light snow", "13"),
    (741, "Fog", "fog", "50"),
)
WEATHERAPI = (
    (1000, "Clear", 113),
    (1003, "Partly cloudy", 116),
    (1006, "Cloudy", 119),
    (1009, "Overcast", 122),
    (1183, "Light rain", 296),
    (1189, "Moderate rain", 302),
    (1213, "Light snow", 326),
    (1135, "Fog", 248),
)
MET_NORWAY = ("clearsky", "fair", "partlycloudy", "cloudy", "lightrain", "rain", "snow", "fog")
MET_NORWAY_BY_DAY = frozenset({"clearsky", "fair", "partlycloudy"})  # only these come with _day or _night


def sky(cloud: np.ndarray, precipitation: np.ndarray, snow: np.ndarray, visibility: np.ndarray) -> list[int]:
    """Class by cloud (0-1), precipitation (mm/h), share of snow (0-1), visibility (m); NaN is clear."""
    state = np.searchsorted(_CLOUDS, np.fmax(cloud, 0.0))
    state = np.where(visibility < 1000, FOG, state)
    wet = np.where(precipitation >= 1.5, RAIN, LIGHT_RAIN)
    wet = np.where(snow > 0.5, SNOW, wet)
    listed: list[int] = np.where(precipitation >= 0.05, wet, state).tolist()
    return listed
