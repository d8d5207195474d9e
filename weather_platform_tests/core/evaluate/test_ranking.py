"""Rows of an evaluated variable rank by ours on each method's own rows, as the leaderboard's do."""

import math

import pytest

from weather_platform.core.evaluate.ranking import ranked


def _scores(crps: float | None, n: int) -> dict[str, float | int | None]:
    return {"n": n, "crps": crps, "mae": crps, "bias": crps, "coverage_80": None, "coverage_90": None}


def _difference(crps: float | None, p: float | None = None) -> dict[str, float | None]:
    return {"crps": crps, "p": p}


def test_a_source_that_has_the_easy_rows_only_ranks_by_ours_on_those() -> None:
    methods = {
        "easy": _scores(0.5, 40),
        "ours": _scores(1.0, 100),
        "blend": _scores(1.2, 100),
        "perfect": _scores(0.0, 3),
        "silent": _scores(None, 0),
    }
    differences = {
        "easy": _difference(-0.25, 0.001),
        "blend": _difference(-0.2),
        "perfect": _difference(0.4, 0.01),
        "silent": _difference(None),
    }
    rows = ranked({"methods": methods, "differences": differences}).set_index("method")
    assert list(rows.index) == ["perfect", "ours", "blend", "easy", "silent"]
    assert rows["ours_crps"].to_dict() == pytest.approx(
        {"perfect": 0.4, "ours": 1.0, "blend": 1.0, "easy": 0.25, "silent": math.nan}, nan_ok=True
    )
    assert rows.loc["easy", "ours_gain"] == pytest.approx(0.5)
    assert rows["sure"].to_dict() == {"easy": 1, "blend": 0, "perfect": -1, "ours": 0, "silent": 0}
    assert rows["n"].tolist() == [3, 100, 100, 40, 0]


def test_an_error_of_adding_up_floats_is_none() -> None:
    """A mean of equal values is 4e-16 off them: ours stood a million billion per cent worse."""
    methods = {"ours": _scores(1.0, 9), "climatology": _scores(4e-16, 9)}
    rows = ranked({"methods": methods, "differences": {"climatology": _difference(1.0)}})
    assert rows["method"].tolist() == ["climatology", "ours"]
    assert math.isnan(rows["ours_gain"].iloc[0])
