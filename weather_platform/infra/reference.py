"""The ideal blend, which only a simulated world can know: what a blender that knew every error's law would
have said.

Belongs here: asking the sandbox for it. Does not: any use in a forecast; it is a mark on the leaderboard,
nothing else.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import httpx

from weather_platform.infra.configuration.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("location_id", "cycle", "valid_time", "variable", "value", "sd")


def ideal_blend(settings: Settings, cycle_keys: Sequence[str]) -> "pd.DataFrame":
    """Columns `COLUMNS`, one row per place, cycle, grid time and variable; no rows outside the sandbox.

    `value` is in the variable's unit and `sd` the standard deviation of the truth around it. Raises
    httpx.HTTPError where the sandbox does not answer.
    """
    import pandas as pd

    frames: list[pd.DataFrame] = []
    if settings.simulated and settings.sandbox_url is not None:
        # On loopback, of which an office's proxy knows nothing.
        with httpx.Client(base_url=settings.sandbox_url, timeout=30, trust_env=False) as client:
            for key in cycle_keys:
                reply = client.get("/ideal", params={"cycle": key, "hours": str(settings.horizon_hours)})
                frames.append(pd.DataFrame(reply.raise_for_status().json(), columns=list(COLUMNS)))
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
    text = {name: pd.StringDtype("pyarrow") for name in ("location_id", "variable")}
    times = {
        name: pd.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
        for name in ("cycle", "valid_time")
    }
    return frame.assign(**times).astype({**text, "value": "float64", "sd": "float64"})
