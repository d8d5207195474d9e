"""The simulated truth: hourly weather at the panel's places, from climate and random fields.

Temperature is mean + season + diurnal cycle + anomalies on three scales (700 km and 40 h, 1800 km and 10
days, 120 km and 6 h), which gives lag-1-day anomaly correlation about 0.6 and spatial correlation about 0.6
at 600 km. The other variables come from fields of their own, tied together where users would notice: rain
comes with cloud, low pressure and humidity. What stations make of it (noise, gaps) is in observations.py;
what providers say in forecast.py.
"""

import numpy as np

from weather_platform.sandbox.climate import climate_of, diurnal_k, season_k, solar_hour, year_angle
from weather_platform.sandbox.noise import Field, FieldBank
from weather_platform.sandbox.panel import Panel
from weather_platform.sandbox.physics import derived, precipitation_mm

Weather = dict[str, np.ndarray]

_FIELDS = {
    "synoptic": Field(700, 40, 3),
    "planetary": Field(1800, 240, 6),
    "local": Field(120, 6, 1),
    "cloud": Field(500, 18, 1),
    "moisture": Field(500, 24, 2),
    "pressure": Field(1100, 48, 8),
    "front": Field(1100, 48, 2),
    "shower": Field(250, 7),
    "wind_u": Field(700, 20, 2),
    "wind_v": Field(700, 20, 2),
    "gust": Field(150, 4),
}
BLOCK_HOURS = 60 * 24
_CACHED = 4
_HIGHEST_DEW_POINT_C = 27.0


class World:
    """Truth by hour and place. The same seed and panel give the same world, whatever is asked first."""

    def __init__(self, panel: Panel, seed: int) -> None:
        self.panel = panel
        self.climate = climate_of(panel, seed)
        self._bank = FieldBank(seed, "truth", panel, list(_FIELDS.values()))
        self._blocks: dict[int, Weather] = {}

    def weather(self, start: int, hours: int) -> Weather:
        """Weather from hour number `start` (hours since 1970, UTC) by variable, (hours, places).

        In contract units; besides contract columns it holds `rain_latent` (unit variance) and `gust_factor`
        (gust over mean wind).
        """
        parts: list[Weather] = []
        while hours > 0:
            number, offset = divmod(start, BLOCK_HOURS)
            taken = min(hours, BLOCK_HOURS - offset)
            parts.append(
                {name: values[offset : offset + taken] for name, values in self._block(number).items()}
            )
            start, hours = start + taken, hours - taken
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _block(self, number: int) -> Weather:
        if number not in self._blocks:
            if len(self._blocks) >= _CACHED:
                self._blocks.pop(next(iter(self._blocks)))
            self._blocks[number] = self._make(number * BLOCK_HOURS)
        return self._blocks[number]

    def _make(self, start: int) -> Weather:
        window = self._bank.window(start, BLOCK_HOURS).astype(np.float64)
        field = {name: window[:, index] for index, name in enumerate(_FIELDS)}
        hours = np.arange(start, start + BLOCK_HOURS)
        latent = (0.8 * field["front"] - 0.35 * field["pressure"] + 0.55 * field["shower"]) / 1.0320
        rain = precipitation_mm(latent, self.climate.rain_threshold, self.climate.rain_intensity_mm)
        cloud = 1 / (1 + np.exp(-(1.6 * field["cloud"] + 1.1 * latent)))
        cloud = np.where(rain > 0, np.maximum(cloud, 0.85), cloud)
        temperature = self._temperature(hours, field, cloud)
        dew_point = temperature - np.maximum(1.0 + 11 * (1 - cloud) + 1.5 * field["moisture"], 0.3)
        dew_point = np.minimum(dew_point, _HIGHEST_DEW_POINT_C)
        speed, direction = self._wind(hours, field)
        weather = {
            "temperature_c": temperature,
            "dew_point_c": np.where(rain > 0.2, np.maximum(dew_point, temperature - 2.0), dew_point),
            "cloud_cover": cloud,
            "pressure_msl_hpa": 1013 + self.climate.pressure_sd_hpa * field["pressure"],
            "precipitation_mm": rain,
            "wind_speed_m_s": speed,
            "wind_direction_deg": direction,
            "rain_latent": latent,
            "gust_factor": 1.5 * np.exp(0.12 * field["gust"]),
        }
        return derived(weather, self.panel.elevation_m)

    def _temperature(self, hours: np.ndarray, field: Weather, cloud: np.ndarray) -> np.ndarray:
        angle = year_angle(hours, self.panel.latitude)
        spread = self.climate.anomaly_sd_k * (1 + 0.25 * np.cos(angle))
        anomaly = 0.88 * field["synoptic"] + 0.42 * field["planetary"] + 0.20 * field["local"]
        normal = self.climate.mean_temperature_c + season_k(self.climate, angle)
        return np.asarray(normal + diurnal_k(self.panel, hours, cloud) + spread * anomaly)

    def _wind(self, hours: np.ndarray, field: Weather) -> tuple[np.ndarray, np.ndarray]:
        afternoon = 1 + 0.2 * np.cos(2 * np.pi * (solar_hour(hours, self.panel.longitude) - 15) / 24)
        east = self.climate.wind_mean_u_m_s + self.climate.wind_sd_m_s * field["wind_u"]
        north = self.climate.wind_sd_m_s * field["wind_v"]
        direction = np.degrees(np.arctan2(-east, -north)) % 360
        return np.hypot(east, north) * afternoon, direction
