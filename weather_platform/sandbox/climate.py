"""What is normal at a place: means, seasonal and diurnal cycles, variability, wetness. No day's weather.

The constants are rounded from station climatologies: annual amplitude 4-16 K and day-to-day SD 1.2-5.6 K from
the tropics to 65°, diurnal maximum at 15 h local solar time.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from weather_platform.sandbox.noise import generator
from weather_platform.sandbox.panel import Panel

_LATITUDES = (0.0, 20.0, 30.0, 35.0, 40.0, 45.0, 65.0, 90.0)
_ANOMALY_SD_K = (1.2, 2.0, 2.7, 4.5, 5.0, 5.3, 5.6, 5.6)
_PRESSURE_LATITUDES = (0.0, 20.0, 45.0, 60.0, 90.0)
_PRESSURE_SD_HPA = (3.0, 6.0, 9.0, 11.0, 11.0)
HOURS_PER_YEAR = 365.25 * 24


@dataclass(frozen=True)
class Climate:
    """Normals by place, each an array over the panel; °C, K, hPa, m/s, mm/h."""

    mean_temperature_c: np.ndarray
    season_amplitude_k: np.ndarray
    anomaly_sd_k: np.ndarray
    pressure_sd_hpa: np.ndarray
    wind_sd_m_s: np.ndarray
    wind_mean_u_m_s: np.ndarray
    rain_threshold: np.ndarray
    rain_intensity_mm: np.ndarray


def climate_of(panel: Panel, seed: int) -> Climate:
    """Normals of the panel's places: from latitude and height, and a few numbers of each place's own."""
    own = np.array([generator(seed, "climate", key).uniform(size=4) for key in panel.keys]).T
    degrees = np.abs(panel.latitude)
    wet_share = 0.06 + 0.10 * own[1]
    return Climate(
        mean_temperature_c=28 - 0.0082 * degrees**2 - 6.2 * panel.elevation_m / 1000,
        season_amplitude_k=np.clip(0.34 * np.maximum(degrees - 4, 0) * (0.6 + 0.5 * own[0]), 0.2, 18),
        anomaly_sd_k=np.interp(degrees, _LATITUDES, _ANOMALY_SD_K),
        pressure_sd_hpa=np.interp(degrees, _PRESSURE_LATITUDES, _PRESSURE_SD_HPA),
        wind_sd_m_s=np.interp(degrees, (0, 60), (2.3, 3.9)),
        wind_mean_u_m_s=np.interp(degrees, (0, 15, 35, 55), (-2.0, -2.0, 0.8, 2.0)),
        rain_threshold=np.array([NormalDist().inv_cdf(1 - share) for share in wet_share]),
        rain_intensity_mm=0.35 + 0.55 * own[2],
    )


def year_angle(hours: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Phase of the year, 0 at the coldest day (20 January in the north), radians, (hours, places)."""
    angle = 2 * np.pi * (hours[:, None] / HOURS_PER_YEAR - 20 / 365.25)
    return np.asarray(angle + np.where(latitude < 0, np.pi, 0.0))


def solar_hour(hours: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Local mean solar time, hours, (hours, places). `hours` are hours since 1970 in UTC."""
    return np.asarray((hours[:, None] + longitude / 15) % 24)


def season_k(climate: Climate, angle: np.ndarray) -> np.ndarray:
    """Seasonal departure from the annual mean temperature, K."""
    return np.asarray(-climate.season_amplitude_k * np.cos(angle))


def diurnal_k(panel: Panel, hours: np.ndarray, cloud: np.ndarray | float) -> np.ndarray:
    """Diurnal departure of temperature, K, damped by cloud (0-1); a second harmonic sharpens the day."""
    year = 2 * np.pi * hours[:, None] / HOURS_PER_YEAR
    declination = -np.radians(23.44) * np.cos(year + 2 * np.pi * 10 / 365.25)
    amplitude = 2 + 5 * np.clip(np.cos(np.radians(panel.latitude) - declination), 0, 1)
    phase = 2 * np.pi * (solar_hour(hours, panel.longitude) - 15) / 24
    return np.asarray(amplitude * (1 - 0.65 * cloud) * (np.cos(phase) + 0.25 * np.cos(2 * phase)) / 1.25)


def normal_temperature_c(climate: Climate, panel: Panel, hours: np.ndarray) -> np.ndarray:
    """Expected temperature at a place, day and hour under average cloud, °C, (hours, places)."""
    season = season_k(climate, year_angle(hours, panel.latitude))
    return np.asarray(climate.mean_temperature_c + season + diurnal_k(panel, hours, 0.5))
