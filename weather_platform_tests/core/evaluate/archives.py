"""A made-up archive in the long format: two sources with a bias each, three places, a value a day."""

import numpy as np
import pandas as pd


def daily_archive(days: int = 150) -> pd.DataFrame:
    """Columns as core.evaluate.archive.COLUMNS; the sources are a, 2 K too warm, and b, 1 K too cold."""
    rng = np.random.default_rng(4)
    valid = pd.date_range("2025-01-01", periods=days, freq="D", tz="UTC")
    truth = 10 + 5 * np.sin(np.arange(days) / 9) + rng.normal(0, 2, (3, days))
    frames = [
        pd.DataFrame({"location_id": f"p{p}", "lat": 50.0 + p, "lon": 5.0, "elevation_m": np.nan,
                      "init_time": valid - pd.Timedelta(hours=36), "valid_time": valid, "lead_hours": 36.0,
                      "source": source, "member": -1, "variable": "t2m", "unit": "degC",
                      "forecast": truth[p] + bias + rng.normal(0, 1, days), "observation": truth[p]})
        for p in range(3) for source, bias in (("a", 2.0), ("b", -1.0))
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)
