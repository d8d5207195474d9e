"""Features that know of later are found, by making them again of what was known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.features import memory, recent, rows
from weather_platform.core.features.build import build
from weather_platform.core.features.knowable import at_fault
from weather_platform.core.grid import known_by, truth_grid
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform_tests.core.synthetic import Learned, learned

HORIZON = 36


def _faults(
    made: Learned, index: int, changed: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows
) -> int:
    """Rows at fault of the cycle at `index`, made in a range with a day of later ones, and then `changed`."""
    world = made.world
    given = (world.forecasts, made.error_sums, world.observations, world.places)
    cycles = world.cycles[index : index + 4]
    features = build(cycles, *given, variables=DEFAULT_TARGETS, horizon_hours=HORIZON)
    return len(at_fault(changed(features), *given, variables=DEFAULT_TARGETS, horizon_hours=HORIZON))


@pytest.mark.parametrize("index", [0, 1, 40])
def test_what_is_made_as_it_should_be_is_not_at_fault(index: int) -> None:
    assert _faults(learned(), index) == 0


def test_a_row_that_is_not_there_and_one_too_many_are_faults() -> None:
    def lost(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.drop(rows["cycle"].idxmin())

    def moved(rows: pd.DataFrame) -> pd.DataFrame:
        rows.loc[rows["cycle"].idxmin(), "valid_time"] -= timedelta(days=9)
        return rows

    assert (_faults(learned(), 40, lost), _faults(learned(), 40, moved)) == (1, 2)


def test_truth_that_is_believed_before_it_was_known_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    leaky = memory.memory
    always = lambda past: replace(past, known_at=np.zeros_like(past.known_at))  # noqa: E731
    monkeypatch.setattr(rows, "memory", lambda past, as_of: leaky(always(past), as_of))
    assert _faults(learned(), 40) > 50


def test_errors_that_are_believed_before_they_were_known_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    leaky = recent.recent
    always = lambda sums: replace(sums, known_at=np.zeros_like(sums.known_at))  # noqa: E731
    monkeypatch.setattr(rows, "recent", lambda sums, as_of, **given: leaky(always(sums), as_of, **given))
    late = learned().error_sums.assign(known_at=learned().error_sums["known_at"] + timedelta(days=2))
    assert _faults(replace(learned(), error_sums=late), 40) > 50


@pytest.mark.parametrize("hours_before", [0, 1])
def test_a_slot_one_of_whose_hours_came_late_is_known_when_that_came(hours_before: int) -> None:
    """The platform's reckoning, which this must not take for a fault. An hour before, the newest slot of the
    evening becomes known at that instant. What is suspect is no truth, whenever it came."""
    made = learned().world
    observations = made.observations.copy()
    late = observations["time"].dt.hour == 5
    observations.loc[late, "known_at"] += timedelta(days=2)
    suspect = observations["time"].dt.hour == 8
    observations.loc[suspect, "known_at"] += timedelta(days=2)
    observations["quality"] = observations["quality"].mask(suspect, "suspect")
    time = made.cycles[40] - timedelta(hours=hours_before)
    grid = truth_grid(observations, DEFAULT_TARGETS).execute()
    known = truth_grid(known_by(observations, time), DEFAULT_TARGETS).execute()
    expected = grid[grid["known_at"] <= pd.Timestamp(time)]
    assert (expected["known_at"] == pd.Timestamp(time)).any() == bool(hours_before)
    order = ["variable", "location_id", "valid_time"]
    pd.testing.assert_frame_equal(
        known.sort_values(order, ignore_index=True), expected.sort_values(order, ignore_index=True)
    )
    assert len(known) < len(grid)
