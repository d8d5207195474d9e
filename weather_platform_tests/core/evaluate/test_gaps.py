"""An archive of summers alone: the second begins with what the first has shown."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import checked, wide
from weather_platform.core.evaluate.features import features_of
from weather_platform.core.features.axes import DAY, microseconds
from weather_platform_tests.core.evaluate.archives import daily_archive

SUMMER = 50
APART = pd.Timedelta(days=300)


def _two_summers(days: int = SUMMER) -> tuple[pd.DataFrame, list[str]]:
    """Two summers of so many days; a place's own bias is the number in its name, beside its source's."""
    archive = daily_archive(2 * days)
    archive["forecast"] += archive["location_id"].str[1:].astype(float)
    later = archive["valid_time"] >= archive["valid_time"].min() + pd.Timedelta(days=days)
    for name in ("init_time", "valid_time"):
        archive[name] = archive[name].where(~later, archive[name] + APART)
    return wide(checked(archive), "t2m")


def _by_day(features: pd.DataFrame) -> np.ndarray:
    """Which day of the archive each row is of, counted from 0 and without the gap."""
    return np.unique(microseconds(features["valid_time"]) // DAY, return_inverse=True)[1]


def test_a_place_that_was_silent_for_long_has_the_bias_that_it_had() -> None:
    rows, sources = _two_summers()
    found = features_of(rows, sources, "temperature_c", 30.0)
    day = _by_day(found)
    first, again = found[day == 0], found[day == SUMMER]
    assert first["bias__a"].isna().all()
    assert again["bias__a"].to_numpy() == pytest.approx([2.0, 3.0, 4.0], abs=0.6)
    before = found["expected_error"][day == SUMMER - 1].to_numpy()
    assert again["expected_error"].to_numpy() == pytest.approx(before, rel=0.3)


@pytest.mark.parametrize("gap_days", (62, 92, 120))
def test_a_place_that_was_silent_while_others_spoke_has_the_bias_that_it_had(gap_days: int) -> None:
    archive = daily_archive(20 + gap_days)
    archive["forecast"] += archive["location_id"].str[1:].astype(float)
    # Two months of rows are laid out at once: the old days lie among those, before them, and on either side.
    archive[["init_time", "valid_time"]] += pd.Timedelta(days=11)
    rows, sources = wide(checked(archive), "t2m")
    day = (rows["valid_time"] - rows["valid_time"].min()) // pd.Timedelta(days=1)
    place, silent = rows["location_id"].max(), (day >= 20) & (day < day.max())
    found = features_of(
        rows[(rows["location_id"] != place) | ~silent].reset_index(drop=True), sources, "temperature_c", 30.0
    )
    again = found[(found["location_id"] == place) & (found["valid_time"] == found["valid_time"].max())]
    assert again["bias__a"].to_numpy() == pytest.approx([4.0], abs=0.7)


def test_what_a_feed_said_long_ago_at_a_lead_that_it_has_no_longer_is_not_pooled_with_what_it_says() -> None:
    archive = daily_archive(140)
    early = archive[(archive["source"] == "a") & (archive["valid_time"] < "2025-01-20")]
    far = early.assign(forecast=early["forecast"] + 50.0, lead_hours=early["lead_hours"] + 240)
    far["init_time"] -= pd.Timedelta(hours=240)
    with_far = wide(checked(pd.concat([archive, far], ignore_index=True)), "t2m")
    found = (features_of(*each, "temperature_c", 30.0) for each in (wide(checked(archive), "t2m"), with_far))
    last = [each.loc[each["valid_time"] == each["valid_time"].max(), "bias__a"].to_numpy() for each in found]
    assert last[1] == pytest.approx(last[0], abs=0.02)


def test_what_was_long_ago_says_nothing_where_enough_is_new() -> None:
    rows, sources = _two_summers()
    moved = rows.assign(a=rows["a"].where(rows["valid_time"] >= rows["valid_time"].min() + APART, 99.0))
    as_it_is, changed = (features_of(each, sources, "temperature_c", 30.0) for each in (rows, moved))
    enough = _by_day(as_it_is) >= SUMMER + 12
    pd.testing.assert_frame_equal(as_it_is[enough], changed[enough])
    assert (changed["bias__a"] - as_it_is["bias__a"])[_by_day(as_it_is) == SUMMER + 2].min() > 10


def test_a_gap_shows_nothing_of_what_came_later() -> None:
    rows, sources = _two_summers()
    moment = rows["valid_time"].max() - pd.Timedelta(days=SUMMER - 10)
    known = rows["valid_time"] <= moment - pd.Timedelta(hours=30)
    changed = rows.assign(observed=rows["observed"].where(known, rows["observed"] + 50))
    names = ["bias__a", "bias__b", "bias_corrected", "expected_error", "neighbour_bias", "last_error"]
    found = [features_of(each, sources, "temperature_c", 30.0)[names] for each in (rows, changed)]
    before = (rows["init_time"] <= moment).to_numpy()
    assert before.sum() > 3 * SUMMER
    pd.testing.assert_frame_equal(found[0][before], found[1][before])
