"""Numbers that look like codes for what is missing are told, and those no weather can have are missing."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import checked
from weather_platform.core.evaluate.score import evaluate
from weather_platform_tests.core.evaluate.archives import daily_archive

FROM = pd.Timestamp("2025-02-01", tz="UTC")


@pytest.mark.parametrize("code", [-9999, -32767, 9999.9])
def test_a_code_is_told_and_counts_as_the_number_that_it_is(code: float) -> None:
    archive = daily_archive(40)
    archive.loc[archive.index[-5:], "forecast"] = code
    scores = evaluate(checked(archive), "t2m", FROM, None).scores
    assert scores["notes"] == [
        f"t2m: forecast is {code} in 5 rows, which counts as a value; leave it empty where nothing is known"
    ]
    assert scores["methods"]["b"]["mae"] > 100


def test_several_values_for_one_thing_are_told_with_how_far_they_are_apart() -> None:
    """Each source with a truth of its own, or an ensemble whose members have no number."""
    archive = daily_archive(40)
    own = archive.assign(observation=archive["observation"] + 0.5 * (archive["source"] == "a"))
    scores = evaluate(checked(own), "t2m", FROM, None).scores
    assert scores["notes"] == [
        "t2m: 120 times of places have several observations, up to 0.5 apart: their mean is the truth"
    ]
    again = archive[archive["source"] == "b"]
    both = pd.concat([archive, again.assign(forecast=again["forecast"] - 3)])
    for number in (-1, np.nan):
        scores = evaluate(checked(both.assign(member=number)), "t2m", FROM, None).scores
        assert scores["notes"] == [
            "t2m: b say several values at once in 240 rows, up to 3 apart: their mean counts; members of an "
            "ensemble need their numbers"
        ]
    named = [both.assign(source=both["source"] + str(n)) for n in range(9)]
    (note,) = evaluate(checked(pd.concat(named)), "t2m", FROM, None).scores["notes"]
    assert note.startswith(
        "t2m: b0, b1, b2, b3, b4 and 4 more say several values at once in 2,160 rows, up to 3"
    )
    rounded = pd.concat([archive, archive.astype({"forecast": "float32", "observation": "float32"})])
    assert not evaluate(checked(rounded), "t2m", FROM, None).scores["notes"]


def test_chances_in_per_cent_beside_truths_of_0_and_1_are_told() -> None:
    archive = daily_archive(40).assign(variable="pop", unit="%")
    archive["forecast"] = 100 / (1 + np.exp(-(archive["forecast"] - 10)))
    warm = archive["observation"] > 10
    for yes, notes in ((1.0, 1), (100.0, 0)):
        scores = evaluate(
            checked(archive.assign(observation=np.where(warm, yes, 0))), "pop", FROM, None
        ).scores
        assert len(scores["notes"]) == notes
        assert all("observations are 0 and 1: are those per cent" in note for note in scores["notes"])


@pytest.mark.parametrize("fill", [1e20, 9.969209968386869e36, -1e30, np.inf])
def test_what_no_weather_can_be_is_missing(fill: float) -> None:
    archive = daily_archive(2)
    archive.loc[3, "forecast"] = archive.loc[4, "observation"] = fill
    found = checked(archive)
    assert found["forecast"].isna().sum() == found["observation"].isna().sum() == 1
