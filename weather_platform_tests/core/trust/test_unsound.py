"""What is told of verdicts on feeds: what there is now, since when, and what our forecast goes without."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pandas as pd
import pytest

from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.targets import DEFAULT_TARGETS, judged
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.trust.unsound import ALL, FeedsNow, feeds_now, unsound

START = datetime(2026, 8, 2, tzinfo=UTC)
TEMPERATURE, WIND, RAIN = DEFAULT_TARGETS
FEEDS = ("a/one", "a/two", "b/blend", "c/blend")
ILL = "b/blend"


def verdicts(*cycles: dict[str, str], variables: Iterable[str] = DEFAULT_TARGETS) -> pd.DataFrame:
    """FEED_HEALTH rows of as many cycles, the newest last; each says the verdicts of ILL by variable, under
    ALL that of the others. All else is sound."""
    rows = [
        {
            "feed": feed,
            "cycle": START + CYCLE.length * index,
            "variable": name,
            "verdict": verdict,
            "n": 0 if verdict == "absent" else 30,
            "providers": 3,
            "offset": None if verdict in ("alone", "absent") else 0.5,
            "reason": f"{verdict} it is",
        }
        for index, said in enumerate(cycles)
        for feed in FEEDS
        for name in judged(variables)
        for verdict in [said.get(name, said.get(ALL, "sound")) if feed == ILL else "sound"]
    ]
    return conform(pd.DataFrame(rows), FEED_HEALTH)


def now(*cycles: dict[str, str], variables: tuple[str, ...] = DEFAULT_TARGETS) -> FeedsNow:
    found = feeds_now(verdicts(*cycles, variables=variables), variables)
    assert found is not None
    return found


def test_where_nothing_was_judged_there_is_nothing_to_tell() -> None:
    assert feeds_now(empty(FEED_HEALTH), DEFAULT_TARGETS) is None


def test_sound_feeds_are_counted_and_none_is_told_of() -> None:
    found = now({TEMPERATURE: "off"}, {})
    assert (found.cycle, found.feeds, found.compared) == (START + CYCLE.length, 4, 4)
    assert found.unsound == ()
    assert found.heard == dict.fromkeys(DEFAULT_TARGETS, 4)


def test_a_feed_is_told_of_with_its_reason_and_what_goes_without_it() -> None:
    found = now({TEMPERATURE: "off", "pressure_msl_hpa": "off"})
    (feed,) = found.unsound
    assert (feed.feed, feed.left_out, feed.silent) == (ILL, (TEMPERATURE,), False)
    assert [(one.variable, one.reason) for one in feed.faults] == [
        ("pressure_msl_hpa", "off it is"),
        (TEMPERATURE, "off it is"),
    ]
    assert found.heard == {TEMPERATURE: 3, WIND: 4, RAIN: 4}


@pytest.mark.parametrize(
    ("before", "cycles_ago", "longer"),
    [
        ([{}, {}, {}], 0, False),
        ([{}, {RAIN: "off"}, {RAIN: "off"}], 2, False),
        ([{RAIN: "off"}, {}, {RAIN: "off"}], 1, False),
        ([{RAIN: "off"}, {RAIN: "alone"}, {RAIN: "off"}], 3, True),  # a dry cycle tells nothing
        ([{}, {}, {RAIN: "stale"}], 0, False),
        ([{RAIN: "off"}, {RAIN: "off"}, {RAIN: "off"}], 3, True),
    ],
)
def test_a_fault_began_where_its_unbroken_line_of_cycles_does(
    before: list[dict[str, str]], cycles_ago: int, longer: bool
) -> None:
    found = now(*before, {RAIN: "off"})
    (fault,) = found.unsound[0].faults
    assert (fault.since, fault.longer) == (found.cycle - CYCLE.length * cycles_ago, longer)


@pytest.mark.parametrize("verdict", ["stale", "absent"])
def test_what_is_wrong_with_a_feed_as_a_whole_is_told_once(verdict: str) -> None:
    found = now({}, {ALL: verdict}, {ALL: verdict})
    (feed,) = found.unsound
    (fault,) = feed.faults
    assert (fault.variable, fault.since) == (ALL, START + CYCLE.length)
    assert feed.left_out == DEFAULT_TARGETS
    assert feed.silent == (verdict == "absent")
    assert found.heard == dict.fromkeys(DEFAULT_TARGETS, 3)
    (line,) = unsound(verdicts({}, {ALL: verdict}, {ALL: verdict})).to_dict("records")
    assert (line["variable"], line["cycles"]) == (ALL, 2)


def test_what_not_every_feed_serves_is_not_missed() -> None:
    assert now({RAIN: "absent"}).unsound == ()
    assert now({RAIN: "absent"}).heard[RAIN] == 3


def test_a_component_goes_without_a_feed_whose_speed_is_off() -> None:
    variables = ("wind_eastward_m_s", "wind_northward_m_s")
    found = now({WIND: "off"}, variables=variables)
    assert found.unsound[0].left_out == variables
    assert found.heard == dict.fromkeys(variables, 3)


def test_feeds_that_none_could_be_compared_with_are_heard_and_counted_as_such() -> None:
    rows = verdicts({}).assign(verdict="alone", offset=None)
    found = feeds_now(conform(rows, FEED_HEALTH), DEFAULT_TARGETS)
    assert found is not None
    assert (found.feeds, found.compared, found.unsound) == (4, 0, ())
    assert found.heard == dict.fromkeys(DEFAULT_TARGETS, 4)
