"""Verdicts on feeds: what is caught, what is left alone, and what becomes of the forecasts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.core.consensus import offsets, told
from weather_platform.core.contracts.errors import FORECAST_ERROR
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.feed_health import judge, trusted, trusted_errors
from weather_platform.core.partitions import CYCLE
from weather_platform.core.schema import check, conform, empty
from weather_platform.core.targets import DEFAULT_TARGETS, KNOWN
from weather_platform.core.unsound import unsound

START = datetime(2026, 8, 2, tzinfo=UTC)
FEEDS = ("a/one", "a/two", "b/blend", "c/blend", "d/blend")


def said(feed: str, cycle: datetime, *, seed: int | None = None, **change) -> pd.DataFrame:
    """A feed's 30 hours for three places: the same weather as everyone's, with small errors of its own."""
    own = np.random.default_rng([FEEDS.index(feed), seed if seed is not None else int(cycle.timestamp())])
    hours = pd.date_range(cycle + timedelta(hours=1), periods=30, freq="h", tz="UTC")
    wave = np.sin(np.arange(30) / 24 * 2 * np.pi)
    columns = {
        "temperature_c": 12 + 8 * wave,
        "dew_point_c": 6 + 2 * wave,
        "relative_humidity": 0.6 - 0.2 * wave,
        "pressure_msl_hpa": 1013 + 3 * wave,
        "wind_speed_m_s": 4 + 2 * wave,
        "precipitation_mm": np.maximum(wave, 0) * 3,
        "wind_gust_m_s": 8 + 3 * wave,
        "cloud_cover": 0.6 + 0.2 * wave,
        "wind_direction_deg": 230 + 20 * wave,
    }
    spread = {"relative_humidity": 0.03, "precipitation_mm": 0.1, "cloud_cover": 0.03}
    parts = []
    for place in ("x", "y", "z"):
        rows = {name: v + own.normal(0, spread.get(name, 0.7), 30) for name, v in columns.items()}
        rows = {
            name: np.clip(v, 0, None) if name[0] in "rw" or "mm" in name else v for name, v in rows.items()
        }
        for name, alter in change.items():
            rows[name] = alter(rows[name])
        parts.append(pd.DataFrame({"location_id": place, "valid_time": hours, **rows}))
    provider, model = feed.split("/")
    rows = pd.concat(parts, ignore_index=True).assign(
        provider=provider,
        model=model,
        feed=feed,
        latitude=1.0,
        longitude=2.0,
        interval_hours=1,
        cycle=pd.Timestamp(cycle),
        fetched_at=pd.Timestamp(cycle),
        lead_hours=1.0,
    )
    return conform(rows, FORECAST)


def verdicts(
    rows: list[pd.DataFrame], cycle: datetime = START, variables: Sequence[str] = DEFAULT_TARGETS
) -> pd.DataFrame:
    found = judge(pd.concat(rows, ignore_index=True), [cycle], FEEDS, variables=variables)
    assert check(found, FEED_HEALTH).bad.empty
    return found.set_index(["feed", "variable"])


def with_one(feed: str, **change) -> pd.DataFrame:
    return verdicts([said(name, START, **(change if name == feed else {})) for name in FEEDS])


def bad(found: pd.DataFrame) -> set[tuple[str, str]]:
    return set(found.index[~found["verdict"].isin(["sound", "alone"])])


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
def test_another_unit_is_seen_of_that_feed_alone(feed: str, variable: str, alter) -> None:
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
def test_another_unit_is_seen_where_it_makes_little_difference(variable: str, usual, alter) -> None:
    """As rules promise (core.targets)."""
    ill = {feed: alter if feed == "d/blend" else lambda v: v for feed in FEEDS}
    rows = [said(feed, START, **{variable: lambda v, of=ill[feed]: of(usual(v))}) for feed in FEEDS]
    assert bad(verdicts(rows, variables=(variable,))) == {("d/blend", variable)}


def test_of_a_few_drops_nobody_is_judged() -> None:
    dry = {feed: 0.0005 if feed == "d/blend" else 0.02 for feed in FEEDS}
    rows = [said(feed, START, precipitation_mm=lambda v, by=dry[feed]: v * by) for feed in FEEDS]
    assert bad(verdicts(rows)) == set()


@pytest.mark.parametrize(
    ("column", "alter", "variables"),
    [
        ("wind_gust_m_s", lambda v: v / 0.514444, {"wind_gust_m_s"}),
        ("cloud_cover", lambda v: v / 100, {"cloud_cover"}),
        ("wind_direction_deg", lambda v: (v + 180) % 360, {"wind_eastward_m_s", "wind_northward_m_s"}),
    ],
)
def test_what_more_is_forecast_is_judged_too(column: str, alter, variables: set[str]) -> None:
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


def test_components_are_not_believed_where_the_speed_is_off() -> None:
    """Their own offsets may be small: winds from all sides cancel."""
    health = pd.DataFrame(
        {"feed": "b/blend", "cycle": pd.Timestamp(START), "variable": ["wind_speed_m_s"], "verdict": "off"}
    )
    names = ["temperature_c", "wind_speed_m_s", "wind_eastward_m_s", "wind_northward_m_s"]
    pairs = pd.DataFrame({"feed": "b/blend", "cycle": pd.Timestamp(START), "variable": names})
    left = trusted_errors(ibis.memtable(pairs), ibis.memtable(health), tuple(KNOWN)).execute()
    assert left["variable"].tolist() == ["temperature_c"]


def test_components_are_made_of_no_speed_that_is_off() -> None:
    """Found in a review: with components alone to forecast, winds in knots from all sides stayed."""
    around = {"wind_direction_deg": lambda v: np.linspace(0, 700, len(v)) % 360}
    knots = {"wind_speed_m_s": lambda v: v / 0.514444}
    rows = [said(feed, START, **around, **(knots if feed == "d/blend" else {})) for feed in FEEDS]
    variables = ("wind_eastward_m_s", "wind_northward_m_s")
    assert bad(verdicts(rows, variables=variables)) == {("d/blend", "wind_speed_m_s")}
    health = ibis.memtable(judge(pd.concat(rows), [START], FEEDS, variables=variables))
    kept = trusted(ibis.memtable(pd.concat(rows)), health, variables).execute()
    silent = kept.groupby("feed")["wind_speed_m_s"].apply(lambda v: v.isna().mean())
    assert silent.to_dict() == {feed: float(feed == "d/blend") for feed in FEEDS}


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


def test_of_two_providers_nobody_can_say_who_is_wrong() -> None:
    found = verdicts([said("b/blend", START), said("c/blend", START, temperature_c=lambda v: v + 30)])
    assert set(found.loc[["b/blend", "c/blend"], "verdict"]) == {"alone"}
    assert set(found.loc["a/one", "verdict"]) == {"absent"}


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


def test_cycles_alone_and_together_are_judged_alike() -> None:
    rows = pd.concat([said(f, START + CYCLE.length * i) for f in FEEDS for i in range(3)], ignore_index=True)
    cycles = [START + CYCLE.length * i for i in range(3)]
    together = judge(rows, cycles, FEEDS, variables=DEFAULT_TARGETS)
    alone = pd.concat([judge(rows, [cycle], FEEDS, variables=DEFAULT_TARGETS) for cycle in cycles])
    pd.testing.assert_frame_equal(together, conform(alone, FEED_HEALTH).reset_index(drop=True))


def test_nothing_at_all_is_absent_everywhere() -> None:
    assert set(judge(empty(FORECAST), [START], FEEDS, variables=DEFAULT_TARGETS)["verdict"]) == {"absent"}


def test_what_is_off_is_null_for_features_and_missing_from_sums() -> None:
    rows = pd.concat(
        [said(f, START, **({"temperature_c": lambda v: v + 40} if f == "b/blend" else {})) for f in FEEDS]
    )
    health = ibis.memtable(judge(rows, [START], FEEDS, variables=DEFAULT_TARGETS))
    kept = trusted(ibis.memtable(rows), health, DEFAULT_TARGETS).execute()
    assert list(kept.columns) == list(FORECAST.column_names)
    assert len(kept) == len(rows)
    null = kept.groupby("feed")["temperature_c"].apply(lambda v: v.isna().mean())
    assert null.to_dict() == {feed: float(feed == "b/blend") for feed in FEEDS}
    assert kept["wind_speed_m_s"].notna().all()
    pairs = pd.DataFrame(
        {
            "feed": ["b/blend", "b/blend", "c/blend"],
            "variable": ["temperature_c", "wind_speed_m_s", "temperature_c"],
            "cycle": pd.Timestamp(START),
        }
    )
    pairs = pairs.assign(
        location_id="x",
        valid_time=pd.Timestamp(START),
        known_at=pd.Timestamp(START),
        lead_hours=1.0,
        forecast=1.0,
        observed=1.0,
        error=0.0,
    )
    left = trusted_errors(ibis.memtable(conform(pairs, FORECAST_ERROR)), health, DEFAULT_TARGETS).execute()
    assert set(zip(left["feed"], left["variable"], strict=True)) == {
        ("b/blend", "wind_speed_m_s"),
        ("c/blend", "temperature_c"),
    }


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(FEEDS), st.integers(0, 2), st.integers(1, 3), st.floats(-50, 50)),
        min_size=1,
        max_size=40,
        unique_by=lambda row: row[:3],
    )
)
def test_an_offset_is_the_median_of_what_is_off_the_median(rows: list[tuple[str, int, int, float]]) -> None:
    grid = pd.DataFrame(rows, columns=["feed", "cycle", "step", "temperature_c"]).assign(location_id="x")
    grid["cycle"] = pd.Timestamp(START) + CYCLE.length * grid["cycle"]
    grid["valid_time"] = grid["cycle"] + timedelta(hours=3) * grid["step"]
    found = offsets(told(grid, ["temperature_c"]))
    found = found[found["n"] > 0].set_index(["feed", "cycle"])
    grid["provider"] = grid["feed"].str.split("/").str[0]
    votes = grid.groupby(["provider", "cycle", "valid_time"])["temperature_c"].mean()
    by_hour = votes.groupby(["cycle", "valid_time"])
    center = by_hour.median().where(by_hour.size() >= 3).rename("center")
    compared = grid.join(center, on=["cycle", "valid_time"])
    compared["away"] = compared["temperature_c"] - compared["center"]
    expected = compared.groupby(["feed", "cycle"])["away"].agg(["median", "size"])
    pd.testing.assert_series_equal(
        found["offset"], expected["median"].reindex(found.index), check_names=False, atol=6e-4, rtol=0
    )
    assert found["n"].to_dict() == expected["size"].to_dict()


def test_a_hair_below_the_others_is_the_same_bytes_as_none() -> None:
    """Sums of floats differ by a hair from run to run; found as −0 and 0 in a table made twice."""
    below = {"temperature_c": lambda v: np.full(len(v), 12.0 - 1e-12)}
    same = {"temperature_c": lambda v: np.full(len(v), 12.0)}
    found = verdicts([said(name, START, **(below if name == "c/blend" else same)) for name in FEEDS])
    offset = found.loc[("c/blend", "temperature_c"), "offset"]
    assert offset == 0
    assert not np.signbit(offset)
