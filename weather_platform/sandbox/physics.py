"""Relations between weather variables that hold for the simulated truth and for simulated forecasts alike.

Pure functions on arrays, (hours, places) unless said otherwise. Textbook formulas, named where they stand.
"""

import numpy as np


def saturation_vapour_pressure_hpa(temperature_c: np.ndarray) -> np.ndarray:
    """Magnus formula over water (WMO-No. 8): °C to hPa."""
    return np.asarray(6.112 * np.exp(17.62 * temperature_c / (243.12 + temperature_c)))


def relative_humidity(temperature_c: np.ndarray, dew_point_c: np.ndarray) -> np.ndarray:
    """0-1, by the Magnus formula."""
    ratio = saturation_vapour_pressure_hpa(dew_point_c) / saturation_vapour_pressure_hpa(temperature_c)
    return np.clip(ratio, 0.02, 1.0)


def surface_pressure_hpa(
    msl_hpa: np.ndarray, temperature_c: np.ndarray, elevation_m: np.ndarray
) -> np.ndarray:
    """Hydrostatic reduction with the standard lapse rate of 6.5 K/km."""
    sea_level_k = temperature_c + 273.15 + 0.0065 * elevation_m
    return np.asarray(msl_hpa * (1 - 0.0065 * elevation_m / sea_level_k) ** 5.255)


def precipitation_mm(
    latent: np.ndarray, threshold: np.ndarray, intensity_mm: np.ndarray | float
) -> np.ndarray:
    """Hourly amount from a unit-variance latent field: none below the threshold, more the further above."""
    excess = np.maximum(latent - threshold, 0.0)
    return np.asarray(intensity_mm * (excess / 0.4) ** 1.4)


def snow_share(temperature_c: np.ndarray) -> np.ndarray:
    """Share of precipitation that falls as snow: all below 0 °C, none above 2 °C."""
    return np.clip(1 - temperature_c / 2, 0.0, 1.0)


def visibility_m(humidity: np.ndarray, precipitation: np.ndarray) -> np.ndarray:
    """Falls with humidity above 80 % and with precipitation."""
    clear = 40_000 * (1 - 0.97 * np.clip((humidity - 0.8) / 0.2, 0, 1) ** 1.5)
    return np.maximum(clear / (1 + 0.8 * precipitation), 80.0)


def apparent_temperature_c(
    temperature_c: np.ndarray, humidity: np.ndarray, wind_m_s: np.ndarray
) -> np.ndarray:
    """Steadman's apparent temperature without radiation, as the Australian Bureau of Meteorology uses it."""
    vapour = humidity * saturation_vapour_pressure_hpa(temperature_c)
    return np.asarray(temperature_c + 0.33 * vapour - 0.70 * wind_m_s - 4.0)


def normal_probability(z: np.ndarray) -> np.ndarray:
    """Standard normal distribution function by the logistic approximation, within 0.01."""
    return np.asarray(1 / (1 + np.exp(-1.702 * np.clip(z, -20, 20))))


def derived(weather: dict[str, np.ndarray], elevation_m: np.ndarray) -> dict[str, np.ndarray]:
    """The weather with humidity, surface pressure, visibility and gust that follow from the rest."""
    humidity = relative_humidity(weather["temperature_c"], weather["dew_point_c"])
    wind = weather["wind_speed_m_s"]
    gust = wind * weather["gust_factor"]
    return weather | {
        "relative_humidity": humidity,
        "surface_pressure_hpa": surface_pressure_hpa(
            weather["pressure_msl_hpa"], weather["temperature_c"], elevation_m
        ),
        "visibility_m": visibility_m(humidity, weather["precipitation_mm"]),
        "wind_gust_m_s": np.maximum(gust, wind),
    }
