"""An ensemble is scored as the distribution that it is, beside its mean as one value."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import KEY, checked
from weather_platform.core.evaluate.members import members, without_repeats
from weather_platform.core.evaluate.score import evaluate
from weather_platform_tests.core.evaluate.archives import daily_archive

FROM = pd.Timestamp("2025-03-01", tz="UTC")


@pytest.fixture(scope="module")
def archive() -> pd.DataFrame:
    """Source a, in °F as all, has fifteen members, in the last days ten; b has none."""
    single = daily_archive(75)
    single = single.assign(unit="°F", **{n: single[n] * 1.8 + 32 for n in ("forecast", "observation")})
    rng = np.random.default_rng(7)
    of_a = single[single["source"] == "a"]
    made = pd.concat([of_a.assign(member=number) for number in range(15)], ignore_index=True)
    made["forecast"] += rng.normal(0, 2, len(made))
    late = (made["valid_time"] >= "2025-03-10") & (made["member"] >= 10)
    return pd.concat([made[~late], single[single["source"] == "b"]], ignore_index=True)


@pytest.fixture(scope="module")
def scores(archive: pd.DataFrame) -> dict[str, Any]:
    return evaluate(checked(archive), "t2m", FROM, None).scores


def _of_members(archive: pd.DataFrame) -> float:
    """The mean CRPS of the empirical distributions, by its definition."""
    held = archive[(archive["source"] == "a") & (archive["valid_time"] >= FROM)]
    crps = [
        np.abs(own - truth).mean() - np.abs(own[:, None] - own).mean() / 2
        for own, truth in (
            (rows["forecast"].to_numpy(), rows["observation"].iloc[0]) for _, rows in held.groupby(KEY)
        )
    ]
    return float(np.mean(crps))


def test_an_ensembles_crps_is_that_of_its_members_in_the_archives_unit(
    archive: pd.DataFrame, scores: dict[str, Any]
) -> None:
    whole, mean = scores["methods"]["a, members"], scores["methods"]["a"]
    assert whole["crps"] == pytest.approx(_of_members(archive), rel=0.015)
    assert whole["crps"] < 0.9 * mean["crps"] and mean["crps"] == mean["mae"]
    assert whole["n"] == mean["n"] and 0 < whole["coverage_80"] < whole["coverage_90"]
    assert scores["differences"]["a, members"]["n"] == whole["n"]
    assert "b, members" not in scores["methods"], "what has one value is a value"


def test_an_ensemble_that_is_too_cold_pays_as_much_as_one_that_is_too_warm() -> None:
    rows = daily_archive(1).query("source == 'a' and location_id == 'p0'")
    ordered = pd.concat([rows.assign(member=n, forecast=float(n)) for n in range(100)], ignore_index=True)
    (found,) = members(ordered, "t2m", rows[KEY].assign(a=0.0), ["a"]).values()
    np.testing.assert_allclose(found + found[:, ::-1], 99.0)
    assert found[0, [0, 9, 18]].tolist() == [4.5, 49.5, 94.5]


def test_two_members_are_an_ensemble_where_their_mean_is_scored_and_what_one_lacks_is_no_value() -> None:
    """A place whose truth the source seems to copy is left out of both."""
    rows = daily_archive(3).query("source == 'a' and location_id == 'p0'")
    said = [[1.0, 1.0, np.nan], [3.0, 3.0, 3.0]]
    both = pd.concat([rows.assign(member=n, forecast=own) for n, own in enumerate(said)], ignore_index=True)
    (found,) = members(both, "t2m", rows[KEY].assign(a=[2.0, np.nan, 3.0]), ["a"]).values()
    np.testing.assert_allclose(found[:, [0, 9, 18]], np.array([[1, 2, 3], [np.nan] * 3, [3, 3, 3]]))


def test_rows_that_are_written_twice_are_no_ensemble() -> None:
    archive = daily_archive(40)
    once, twice = (
        evaluate(checked(rows), "t2m", FROM - pd.Timedelta(days=25), None)
        for rows in (archive, pd.concat([archive, archive]))
    )
    assert twice.scores["methods"] == once.scores["methods"]
    pd.testing.assert_frame_equal(twice.predictions, once.predictions)


def test_a_member_that_is_written_twice_counts_once_and_is_told() -> None:
    """As of pieces that overlap in some members: those weighed double in mean and spread."""
    rows = daily_archive(3).query("source == 'a' and location_id == 'p0'")
    both = pd.concat([rows.assign(member=n, forecast=n % 3 + 1.0) for n in range(4)], ignore_index=True)
    again = pd.concat([both, both[both["member"] == 0]])
    left, notes = without_repeats(again, "t2m")
    pd.testing.assert_frame_equal(left, both)
    assert notes == ["t2m: 3 rows of members of a stand there twice, and count once"]
    assert without_repeats(both, "t2m") == (both, []), "equal values of two members are two"


@pytest.mark.parametrize("number", [-1, np.nan, 5])
def test_values_of_one_number_that_is_no_members_own_all_count(number: float) -> None:
    rows = daily_archive(3).query("source == 'a' and location_id == 'p0'")
    every = pd.concat([rows.assign(member=number, forecast=own) for own in (0.0, 0.0, 1.0)])
    assert without_repeats(every, "t2m") == (every, [])


def test_a_source_that_is_called_like_anothers_members_stands_apart() -> None:
    named = daily_archive().replace({"source": {"b": "a, members"}})
    assert set(checked(named)["source"].unique()) == {"a", "a, members (source)"}
