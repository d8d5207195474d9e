"""Who may serve, by evidence written by hand: each rule at its bound."""

import pandas as pd
import pytest

from weather_platform.core.model import evidence, promotion

_BLENDS = ("equal_weight", "bias_corrected")
_LINE = {"n": 1000, "days": 20, "silent": 0, "crps": 1.0, "difference": -0.1, "low": -0.2, "high": -0.05}
_SLICES = ("one", "two", "three", "four")


def _lines(**changed: dict[str, float]) -> pd.DataFrame:
    """Of a model that is significantly better than all, save for what is `changed` by method."""
    methods = dict.fromkeys(("champion", *_BLENDS, "emos", "fallback", *changed), None)
    rows = [{"method": name, **_LINE, **changed.get(name, {})} for name in methods]
    return pd.DataFrame(rows).assign(slice="all", p_worse=1.0)


def _decided(lines: pd.DataFrame, *, beyond_emos: bool = True, miss: float = 0.1) -> tuple[bool, str]:
    return promotion.decide(lines, miss, 0.1, beyond_emos=beyond_emos)


@pytest.mark.parametrize("better", ["level", "worse"])
@pytest.mark.parametrize("method", [*_BLENDS, "emos", "fallback"])
def test_what_would_be_said_without_a_model_must_be_beaten_however_little_it_answers_for(
    method: str, better: str
) -> None:
    lines = _lines(**{method: {"n": 10, "difference": 0.0 if better == "level" else 0.01}})
    why = f"CRPS no better than {method}"
    assert _decided(lines) == (False, why)
    first = lines[lines["method"] != "champion"]
    assert evidence.decide(first, beyond_emos=True) == (False, why)
    assert _decided(lines, beyond_emos=False)[0] == (method == "emos")
    assert evidence.decide(first, beyond_emos=False)[0] == (method == "emos")


def test_a_first_model_is_surely_better_than_the_blends_and_says_than_whom_not() -> None:
    for method in _BLENDS:
        lines = _lines(**{method: {"high": 0.001}})
        assert _decided(lines) == (False, f"not significantly better than {method}")
    first = _lines(fallback={"high": 0.001}).query("method != 'champion'")
    assert evidence.decide(first, beyond_emos=True) == (
        True,
        "better than all 4 baselines, significantly better than all but fallback",
    )
    few = first.assign(days=5)
    assert evidence.decide(few, beyond_emos=True) == (False, "judged on fewer than 6 days")
    few.loc[few["method"] == "emos", "days"] = 6
    assert evidence.decide(few, beyond_emos=True)[0]


@pytest.mark.parametrize(
    ("feed", "why"),
    [
        ({"n": 900}, "CRPS no better than a/b"),
        ({"n": 899}, ""),
        (
            {"n": 899, "low": 0.001},
            "significantly worse on the part of the rows that it answers for than a/b",
        ),
        (
            {"n": 100, "low": 0.001},
            "significantly worse on the part of the rows that it answers for than a/b",
        ),
        ({"n": 99, "low": 0.001}, ""),
        ({"n": 899, "low": 0.001, "days": 5}, ""),
    ],
)
def test_a_feed_is_held_against_a_model_by_what_it_answers_for(feed: dict[str, float], why: str) -> None:
    lines = _lines(**{"a/b": {"difference": 0.01, "low": -0.01, "high": 0.02, **feed}})
    promoted, reason = _decided(lines)
    assert promoted == (not why)
    assert reason == why or promoted
    counts = feed["n"] > 99 and feed.get("days", 20) > 5
    assert ("no worse than 1 of a part of the rows" in reason) == (promoted and counts)


def test_a_feed_of_less_than_a_twentieth_of_the_rows_counts_for_nothing() -> None:
    lost = {"difference": 0.01, "low": 0.001, "high": 0.02}
    for n, promoted in ((499, True), (500, False)):
        lines = _lines(**{"a/b": {"n": n, **lost}})
        lines.loc[lines["method"] != "a/b", "n"] = 10_000
        assert _decided(lines)[0] is promoted


@pytest.mark.parametrize(
    ("champion", "miss", "why"),
    [
        ({}, 0.2, ""),
        ({"high": 0.005}, 0.09, ""),
        ({"high": 0.005}, 0.1, "not significantly better than the champion (-10.0 % CRPS"),
        ({"high": 0.006}, 0.09, "not significantly better than the champion (-10.0 % CRPS"),
        ({"high": 0.005, "crps": 0.5}, 0.09, "not significantly better than the champion (-20.0 % CRPS"),
        ({"silent": 1}, 0.1, "says nothing of 1 rows that the champion answers"),
        ({"days": 5}, 0.1, "judged on 5 days"),
        ({"days": 6}, 0.1, ""),
    ],
)
def test_the_champion_gives_way_to_what_is_surely_better_or_no_worse_and_better_calibrated(
    champion: dict[str, float], miss: float, why: str
) -> None:
    promoted, reason = _decided(_lines(champion=champion), miss=miss)
    assert promoted == (not why)
    assert reason.startswith(why)


def test_all_slices_share_one_chance_of_five_percent() -> None:
    slices = pd.DataFrame([{"method": "emos", "slice": name, **_LINE, "p_worse": 1.0} for name in _SLICES])
    for p, promoted in ((0.0126, True), (0.0124, False)):
        slices["p_worse"] = [1.0, p, 1.0, 0.6]
        assert _decided(pd.concat([_lines(), slices]))[0] is promoted
    slices["p_worse"] = [0.003, 0.001, 1.0, 0.002]
    assert _decided(pd.concat([_lines(), slices]))[1].endswith("two than emos; four than emos; one than emos")
    assert _decided(pd.concat([_lines(), slices]), beyond_emos=False)[0]
