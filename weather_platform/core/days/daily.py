"""Forecasts of whole days from those of their hours.

Belongs here: what each cycle says of which days, as rows. Does not: what is said of a day (see summaries), or
whether it was right (core.verification.daily).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.contracts.days import DAILY_PREDICTION
from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.days.calendar import dates, newest, whole_days
from weather_platform.core.days.lengths import STEPS
from weather_platform.core.days.memory import lasting
from weather_platform.core.days.summaries import Said, said_of_days
from weather_platform.core.model.predictions import FALLBACK
from weather_platform.core.tables.schema import conform, empty

_KEY = ["location_id", "cycle", "starts_at"]


def of_cycles(
    starts: Iterable[datetime],
    predictions: pd.DataFrame,
    places: pd.DataFrame,
    sums: pd.DataFrame,
    variables: Sequence[str],
) -> pd.DataFrame:
    """DAILY_PREDICTION of the whole days that `predictions` (PREDICTION) of the cycles from `starts` reach,
    of the targets `variables` at `places` (LOCATIONS). Errors last as `sums` (ERROR_MEMORY) said at each
    start."""
    by_memory: dict[tuple[tuple[str, float], ...], list[datetime]] = {}
    for start in starts:
        memory = lasting(sums, start, variables)
        by_memory.setdefault(tuple(memory.items()), []).append(start)
    frames = [
        frame
        for memories, cycles in by_memory.items()
        for frame in _of_days(predictions[predictions["cycle"].isin(cycles)], places, memories)
    ]
    return (
        conform(pd.concat(frames, ignore_index=True), DAILY_PREDICTION).reset_index(drop=True)
        if frames
        else empty(DAILY_PREDICTION)
    )


def _of_days(
    predictions: pd.DataFrame, places: pd.DataFrame, memories: Iterable[tuple[str, float]]
) -> Iterator[pd.DataFrame]:
    """A frame for each statistic of each target."""
    for target, hours in memories:
        rows = whole_days(predictions[predictions["variable"] == target], places, target, ["cycle"])
        if len(rows):
            told = _told(rows, places).assign(memory_hours=hours)
            yield from (told.assign(**_columns(said)) for said in said_of_days(rows, hours, target))


def _columns(said: Said) -> dict[str, Any]:
    return {
        "variable": said.asked.name,
        **dict(zip(QUANTILES, said.quantiles.T, strict=True)),
        "probability": said.chance if said.asked.statistic == "sum" else np.nan,
    }


def _told(rows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """What is known of each day from its values, in their order."""
    days = rows.iloc[::STEPS][_KEY].reset_index(drop=True)

    def of_steps(name: str) -> np.ndarray:
        return rows[name].to_numpy().reshape(-1, STEPS)

    versions = of_steps("model_version")
    fallen = (versions == FALLBACK).any(axis=1)
    return days.assign(
        date=dates(days, places),
        known_at=newest(rows["known_at"]),
        lead_hours=of_steps("lead_hours").min(axis=1),
        feeds_present=of_steps("feeds_present").min(axis=1),
        model_version=np.where(fallen, FALLBACK, versions[:, 0]),
        degraded=np.any(of_steps("degraded"), axis=1),
    )
