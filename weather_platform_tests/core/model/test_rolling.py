"""From how much on trees are grown, and believed."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.model.folds import Fold
from weather_platform.core.model.parts import Raw
from weather_platform.core.model.rolling import roll, station_days, trees_calibration
from weather_platform.core.model.train import training_rows
from weather_platform_tests.core.synthetic import learned


@pytest.mark.parametrize(
    ("places", "days", "counted"), [(1, 150, 300), (2, 150, 300), (3, 100, 300), (40, 3, 120)]
)
def test_a_day_of_one_place_counts_as_two_of_many(places: int, days: int, counted: int) -> None:
    hours = pd.date_range("2026-01-01", periods=days * 4, freq="6h", tz="UTC")
    index = pd.MultiIndex.from_product([hours, range(places)], names=["valid_time", "location_id"])
    assert station_days(index.to_frame(index=False)) == counted


def _calibration(
    days: int, rows_a_day: int, known_days: int, *, trees: bool = True, silent: int = 0
) -> dict[str, object]:
    """Of trees that said the truth's half, in two folds of half of the days each; so many first rows have no
    truth."""
    day = np.repeat(np.arange(days), rows_a_day)
    observed = np.random.default_rng(3).normal(0, 1, len(day))
    halves = np.array_split(np.arange(len(day)), 2)
    folds = [Fold(0, np.empty(0, np.int64), half) for half in halves]
    outs = []
    for half in halves:
        said = {"location": np.zeros(len(half)), "scale": np.ones(len(half)), "size": np.zeros(len(half))}
        said["center"] = observed[half] / 2
        outs.append(Raw({"trees" if trees else "wide": said}, np.full(len(half), 24.0)))
    observed[:silent] = np.nan
    return trees_calibration(outs, folds, observed, day, day < known_days)


@pytest.mark.parametrize(
    ("days", "rows_a_day", "known_days", "believed"),
    [
        (12, 6, 12, True),
        (12, 6, 10, True),
        (12, 33, 9, False),
        (12, 34, 9, True),
        (12, 5, 11, False),
        (60, 1, 59, False),
    ],
)
def test_trees_are_believed_after_sixty_rows_on_ten_days_or_three_hundred_on_any(
    days: int, rows_a_day: int, known_days: int, believed: bool
) -> None:
    assert bool(_calibration(days, rows_a_day, known_days)) is believed


@pytest.mark.parametrize(("known", "fitted"), [(99, False), (100, True)])
def test_the_blend_speaks_alone_until_a_hundred_rows_can_be_learned_from(known: int, fitted: bool) -> None:
    rows = training_rows(learned().pairs, "temperature_c", learned().world.cycles[-1]).head(150)
    observed = rows["observed"].to_numpy(np.float64)
    fold = Fold(0, np.arange(known), np.arange(known, 150))
    (said,) = (out.said for out in roll(rows, observed, [fold], "temperature_c").raw)
    assert ("linear" in said) is fitted and "blend" in said


def test_who_had_no_trees_has_none_to_believe() -> None:
    assert _calibration(40, 10, 40, trees=False) == {}


def test_trees_that_say_too_little_are_taken_at_their_word_where_there_is_a_truth() -> None:
    for silent in (0, 50):
        assert _calibration(40, 10, 40, silent=silent)["share"] == pytest.approx(1.0, abs=0.05)
    assert _calibration(30, 10, 30) and not _calibration(30, 10, 30, silent=241)


@pytest.mark.parametrize(("station_days_known", "grown"), [(24, True), (25, False)])
def test_trees_grow_where_enough_is_known_when_the_judged_begin(station_days_known: int, grown: bool) -> None:
    """Of four places over six days: what comes later counts for nothing."""
    rows = training_rows(learned().pairs, "temperature_c", learned().world.cycles[-1])
    rows = rows[rows["cycle"] < rows["cycle"].min() + pd.Timedelta(days=6)]
    past = np.flatnonzero(rows["valid_time"] < rows["cycle"].min() + pd.Timedelta(days=5))
    assert station_days(rows.iloc[past]) == 24 < station_days(rows)
    fold = Fold(0, past, np.setdiff1d(np.arange(len(rows)), past))
    observed = rows["observed"].to_numpy(np.float64)
    (said,) = (out.said for out in roll(rows, observed, [fold], "temperature_c", station_days_known).raw)
    assert ("trees" in said) is grown
