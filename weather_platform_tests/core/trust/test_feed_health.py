"""Verdicts on feeds: what is caught, and what is left alone."""

from datetime import timedelta

import ibis
import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.targets import DEFAULT_TARGETS, KNOWN
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.trust.feed_health import judge
from weather_platform.core.trust.trusted import trusted
from weather_platform.core.trust.unsound import unsound
from weather_platform_tests.core.trust.spoken import FEEDS, START, Alter, bad, said, verdicts, with_one


def test_feeds_that_agree_are_sound() -> None:
    found = with_one("a/one")
    assert set(found["verdict"]) == {"sound"}
    assert set(found["providers"]) == {4}


@pytest.mark.parametrize(
    ("variable", "alter"),
    [
        ("temperature_c", lambda v: v * 1.8 + 32),
        ("temperature_c", lambda v: v + 40),
        ("dew_point_c", lambda v: v * 1.8 + 32),
        ("relative_humidity", lambda v: v / 100),
        ("pressure_msl_hpa", lambda v: v - 40),  # of a station at 340 m, taken for that of the sea level
        ("wind_speed_m_s", lambda v: v / 0.514444),
        ("wind_speed_m_s", lambda v: v * 3.6),
        ("precipitation_mm", lambda v: v / 25.4),
        ("precipitation_mm", lambda v: v * 10),
    ],
)
@pytest.mark.parametrize("feed", ["a/one", "d/blend"])
def test_another_unit_is_seen_of_that_feed_alone(feed: str, variable: str, alter: Alter) -> None:
    found = with_one(feed, **{variable: alter})
    assert bad(found) == {(feed, variable)}
    assert "the other providers say" in found.loc[(feed, variable), "reason"]
    assert unsound(found.reset_index())["feed"].tolist() == [feed]


@pytest.mark.parametrize(
    ("variable", "usual", "alter"),
    [
        ("temperature_c", lambda v: v - 32, lambda v: v * 1.8 + 32),  # −20 °C are −4 °F
        ("cloud_cover", lambda v: v * 5 / 6, lambda v: v / 100),  # half a sky
    ],
)
def test_another_unit_is_seen_where_it_makes_little_difference(
    variable: str, usual: Alter, alter: Alter
) -> None:
    """As rules promise (core.quantities.targets)."""
    ill = {feed: alter if feed == "d/blend" else lambda v: v for feed in FEEDS}
    rows = [said(feed, START, **{variable: lambda v, of=ill[feed]: of(usual(v))}) for feed in FEEDS]
    assert bad(verdicts(rows, variables=(variable,))) == {("d/blend", variable)}


def test_of_a_few_drops_nobody_is_judged() -> None:
    dry = {feed: 0.0005 if feed == "d/blend" else 0.02 for feed in FEEDS}
    rows = [said(feed, START, precipitation_mm=lambda v, by=dry[feed]: v * by) for feed in FEEDS]
    assert bad(verdicts(rows)) == set()


def _rain(one: float, others: float) -> pd.DataFrame | pd.Series:
    """What is found of d/blend's rain where it says `one` mm of each hour, and all the others `others`."""
    rain = {feed: one if feed == "d/blend" else others for feed in FEEDS}
    found = verdicts([said(f, START, precipitation_mm=lambda v, by=rain[f]: 0 * v + by) for f in FEEDS])
    assert bad(found) <= {("d/blend", "precipitation_mm")}
    return found.xs(("d/blend", "precipitation_mm"))


def test_who_sees_no_rain_where_all_others_do_is_off() -> None:
    """Nothing is taken for a thousandth of enough: its logarithm has no end."""
    dry, agreed = _rain(0.0, 1.0), 30.0 * 3  # of thirty hours at three places
    assert dry["verdict"] == "off" and "0.00 times" in dry["reason"]
    least = KNOWN["precipitation_mm"].rule.enough / 1000
    assert dry["offset"] == pytest.approx(np.log(least / agreed), abs=6e-4)


def test_who_sees_rain_alone_is_not_called_sound() -> None:
    """Of little rain that the others see nothing is told of who sees 25 times as much, in inches or not."""
    assert _rain(2.54, 0.1)["verdict"] == "alone"


def test_amounts_are_compared_as_far_as_three_providers_speak() -> None:
    """Feeds reach as far ahead as they like."""
    rows = [said(feed, START) for feed in FEEDS]
    short = [one[one["valid_time"] <= START + timedelta(hours=18)] for one in rows[2:]]
    found = verdicts([*rows[:2], *short])
    assert set(found["verdict"]) == {"sound"}
    assert (found["n"].xs("a/one") > found["n"].xs("d/blend")).all()


@pytest.mark.parametrize(
    ("column", "alter", "variables"),
    [
        ("wind_gust_m_s", lambda v: v / 0.514444, {"wind_gust_m_s"}),
        ("cloud_cover", lambda v: v / 100, {"cloud_cover"}),
        ("wind_direction_deg", lambda v: (v + 180) % 360, {"wind_eastward_m_s", "wind_northward_m_s"}),
    ],
)
def test_what_more_is_forecast_is_judged_too(column: str, alter: Alter, variables: set[str]) -> None:
    rows = [said(feed, START, **({column: alter} if feed == "d/blend" else {})) for feed in FEEDS]
    told = pd.concat(rows, ignore_index=True)
    served = tuple(name for name, target in KNOWN.items() if told[list(target.made_of)].notna().any().all())
    assert bad(verdicts(rows, variables=served)) == {("d/blend", name) for name in variables}
    assert bad(verdicts(rows)) == set()
    health = ibis.memtable(judge(told, [START], FEEDS, variables=served))
    kept = trusted(ibis.memtable(told), health, served).execute()
    lost = kept.drop(columns=["issue_time", "weather_code"]).isna() & told.notna()
    assert set(lost.columns[lost.any()]) == {column}
    assert set(kept.loc[lost[column], "feed"]) == {"d/blend"}


def test_only_what_every_feed_serves_is_missed() -> None:
    rows = [said(feed, START, cloud_cover=lambda v: v * np.nan) for feed in FEEDS]
    found = verdicts(rows, variables=tuple(KNOWN))
    assert set(found.xs("cloud_cover", level="variable")["verdict"]) == {"absent"}
    assert unsound(found.reset_index()).empty
    calm = with_one("d/blend", wind_speed_m_s=lambda v: v * np.nan)
    (missed,) = unsound(calm.reset_index()).to_dict("records")
    assert (missed["feed"], missed["variable"]) == ("d/blend", "wind_speed_m_s")


def test_a_provider_has_one_vote_however_many_models_it_serves() -> None:
    wrong = {"temperature_c": lambda v: v * 1.8 + 32}
    rows = [said(feed, START, **(wrong if feed.startswith("a/") else {})) for feed in FEEDS[:4]]
    assert bad(verdicts(rows)) >= {("a/one", "temperature_c"), ("a/two", "temperature_c")}
    assert not any(feed in ("b/blend", "c/blend") for feed, _ in bad(verdicts(rows)))


def test_where_providers_disagree_more_is_allowed_and_each_of_them_counts_once() -> None:
    """Four standard deviations, as the median of the providers' offsets tells them of a normal one."""
    apart = dict(zip(FEEDS, (0.0, 0.0, -9.0, 9.0, 30.0), strict=True))
    every = verdicts([said(f, START, temperature_c=lambda v, by=apart[f]: v + by) for f in FEEDS])
    found = every.reset_index("variable").query("variable == 'temperature_c'")
    off = found["offset"].abs()
    of_providers = [off[["a/one", "a/two"]].mean(), *off[["b/blend", "c/blend", "d/blend"]]]
    assert found["allowed"].to_numpy() == pytest.approx(4 * 1.4826 * np.median(of_providers))
    assert KNOWN["temperature_c"].rule.allowed < off["d/blend"] < found.loc["d/blend", "allowed"]
    assert set(found["verdict"]) == {"sound"}


def test_of_two_providers_nobody_can_say_who_is_wrong() -> None:
    found = verdicts([said("b/blend", START), said("c/blend", START, temperature_c=lambda v: v + 30)])
    assert set(found.loc[["b/blend", "c/blend"], "verdict"]) == {"alone"}
    assert set(found.loc[["a/one"], "verdict"]) == {"absent"}


@pytest.mark.parametrize(("back", "stale"), [(6, False), (12, True), (24, True)])
def test_what_was_said_before_is_stale(back: int, stale: bool) -> None:
    earlier = START - timedelta(hours=back)
    before = [said(feed, earlier) for feed in FEEDS]
    again = before[0].assign(cycle=pd.Timestamp(START), fetched_at=pd.Timestamp(START))
    again = again[again["valid_time"] > START]
    found = verdicts([*before, again, *(said(feed, START) for feed in FEEDS[1:])])
    assert (found.loc["a/one", "verdict"] == "stale").all() == stale
    assert set(found.drop(index="a/one", level="feed")["verdict"]) == {"sound"}
    if stale:
        assert found.loc[("a/one", "temperature_c"), "repeats_hours"] == back


@pytest.mark.parametrize(
    ("before", "now", "stale"),
    [
        ({"dew_point_c": None}, {"dew_point_c": None}, True),  # it never serves them
        ({"dew_point_c": None}, {}, False),
        ({}, {"dew_point_c": None}, False),
        ({}, {"temperature_c": lambda v: v + np.where(np.arange(len(v)) < 12, 0.1, 0)}, False),
    ],
)
def test_stale_is_who_repeats_all_of_what_it_said_and_no_part(before: dict, now: dict, stale: bool) -> None:
    def without(rows: pd.DataFrame, change: dict) -> pd.DataFrame:
        altered = {name: alter(rows[name]) if alter else np.nan for name, alter in change.items()}
        return rows.assign(**altered)

    earlier = said("a/one", START - timedelta(hours=12))
    again = earlier.assign(cycle=pd.Timestamp(START), fetched_at=pd.Timestamp(START))
    again = again[again["valid_time"] > START].sort_values("valid_time", ignore_index=True)
    others = [said(feed, START) for feed in FEEDS[1:]]
    found = verdicts([without(earlier, before), without(again, now), *others])
    assert (found.loc[("a/one", "temperature_c"), "verdict"] == "stale") == stale


@pytest.mark.parametrize(("served", "stale"), [(1, False), (2, True)])
def test_one_value_at_an_hour_may_be_the_same_by_chance(served: int, stale: bool) -> None:
    """A dry fortnight says 0 mm again and again."""
    kept = ["wind_speed_m_s", "precipitation_mm"][:served]
    dropped = {name: np.nan for name in DEFAULT_TARGETS if name not in kept}
    dropped |= dict.fromkeys(["dew_point_c", "relative_humidity", "pressure_msl_hpa"], np.nan)
    rows = [said(feed, START - timedelta(hours=12)) for feed in FEEDS]
    again = rows[0].assign(cycle=pd.Timestamp(START), fetched_at=pd.Timestamp(START), **dropped)
    again = again[again["valid_time"] > START]
    rows[0] = rows[0].assign(**dropped)
    found = verdicts([*rows, again, *(said(feed, START) for feed in FEEDS[1:])])
    assert (found.loc[("a/one", "wind_speed_m_s"), "verdict"] == "stale") == stale


def test_whoever_speaks_unexpected_is_judged_where_it_does() -> None:
    """Found on recorded replies of models that are not asked for today: they were believed unjudged."""
    later, warm = START + CYCLE.length, {"temperature_c": lambda v: v * 1.8 + 32}
    rows = [said(feed, START, **(warm if feed == "d/blend" else {})) for feed in FEEDS]
    rows += [said(feed, later) for feed in FEEDS[:4]]
    found = judge(pd.concat(rows), [START, later], FEEDS[:4], variables=DEFAULT_TARGETS)
    unasked = found[found["feed"] == "d/blend"].set_index("variable")
    assert set(unasked["cycle"]) == {pd.Timestamp(START)}
    assert set(unasked.index[unasked["verdict"] != "sound"]) == {"temperature_c"}
    assert unasked.loc["temperature_c", "verdict"] == "off"


def test_an_old_run_is_stale() -> None:
    old = said("b/blend", START).assign(issue_time=pd.Timestamp(START - timedelta(hours=25)))
    found = verdicts([*(said(f, START) for f in FEEDS if f != "b/blend"), conform(old, FORECAST)])
    assert {feed for feed, _ in bad(found)} == {"b/blend"}
    assert "25 hours old" in found.loc[("b/blend", "temperature_c"), "reason"]


@pytest.mark.parametrize(("back", "stale"), [(24, False), (44, False), (45, True)])
def test_a_file_may_be_a_day_older_since_it_speaks_for_one(back: int, stale: bool) -> None:
    """Found by reading: what runs at 00 and is dropped at 06 each day was stale in every cycle of 00."""
    old = said("b/blend", START).assign(issue_time=pd.Timestamp(START - timedelta(hours=back)))
    rows = pd.concat([*(said(f, START) for f in FEEDS if f != "b/blend"), conform(old, FORECAST)])
    found = judge(rows, [START], FEEDS, ["b/blend"], variables=DEFAULT_TARGETS)
    assert set(found.loc[found["verdict"] == "stale", "feed"]) == ({"b/blend"} if stale else set())


def test_a_file_repeats_itself_and_is_not_stale() -> None:
    earlier = said("a/one", START - timedelta(hours=12))
    again = earlier.assign(cycle=pd.Timestamp(START), fetched_at=pd.Timestamp(START))
    rows = pd.concat([earlier, again[again["valid_time"] > START], *(said(f, START) for f in FEEDS[1:])])
    found = judge(rows, [START], FEEDS, ["a/one"], variables=DEFAULT_TARGETS)
    assert set(found["verdict"]) == {"sound"}


def test_cycles_alone_and_together_are_judged_alike() -> None:
    rows = pd.concat([said(f, START + CYCLE.length * i) for f in FEEDS for i in range(3)], ignore_index=True)
    cycles = [START + CYCLE.length * i for i in range(3)]
    together = judge(rows, cycles, FEEDS, variables=DEFAULT_TARGETS)
    alone = pd.concat([judge(rows, [cycle], FEEDS, variables=DEFAULT_TARGETS) for cycle in cycles])
    pd.testing.assert_frame_equal(together, conform(alone, FEED_HEALTH).reset_index(drop=True))


def test_nothing_at_all_is_absent_everywhere() -> None:
    assert set(judge(empty(FORECAST), [START], FEEDS, variables=DEFAULT_TARGETS)["verdict"]) == {"absent"}


def test_a_hair_below_the_others_is_the_same_bytes_as_none() -> None:
    """Sums of floats differ by a hair from run to run; found as −0 and 0 in a table made twice. Half a
    thousandth more or less a hair is on one side, too."""
    for offset in (_offset_of(12.0 - 1e-12), _offset_of(12.0005 - 1e-12), _offset_of(12.0005 + 1e-12)):
        assert offset == 0
        assert not np.signbit(offset)


def _offset_of(temperature_c: float) -> float:
    """Of a feed among others that all say 12 °C."""
    told = {name: temperature_c if name == "c/blend" else 12.0 for name in FEEDS}
    rows = [said(name, START, temperature_c=lambda v, at=at: 0 * v + at) for name, at in told.items()]
    return float(verdicts(rows)["offset"]["c/blend", "temperature_c"])
