"""What `doctor` and alerts say of feeds that cannot be believed."""

from datetime import UTC, datetime, timedelta

from weather_platform.core.health.finding import Finding, Level
from weather_platform.core.health.soundness import soundness
from weather_platform.core.trust.unsound import ALL, Fault, FeedsNow, UnsoundFeed

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)
FAR = "+38.2 from what the other providers say"


def fault(
    variable: str, verdict: str = "off", reason: str = FAR, hours: int = 6, longer: bool = False
) -> Fault:
    return Fault(variable, verdict, reason, NOW - timedelta(hours=hours), longer)


def told(*feeds: UnsoundFeed, compared: int = 6, heard: int = 5) -> dict[str, Finding]:
    found = soundness(FeedsNow(NOW, 7, compared, feeds, {"temperature_c": heard, "precipitation_mm": 4}))
    return {one.subject: one for one in found}


def test_sound_feeds_are_one_line() -> None:
    (line,) = told().values()
    assert (line.level, line.remedy) == (Level.OK, "")
    assert line.what == (
        "cycle 2026-08-10T12Z: all 7 feeds sound; in use: temperature_c 5, precipitation_mm 4"
    )
    assert [one.level for one in soundness(None)] == [Level.OK]


def test_a_feed_is_told_with_why_and_since_when_and_what_to_do() -> None:
    wind = fault("wind_speed_m_s", reason="1.94 times what the other providers say", hours=12, longer=True)
    found = told(UnsoundFeed("a/one", (fault("temperature_c"), fault("dew_point_c"), wind), ()))
    assert found["a/one"].level is Level.WARNING
    assert found["a/one"].what == (
        "wind_speed_m_s 1.94 times what the other providers say, since 2026-08-10T00Z or longer; "
        f"temperature_c {FAR}, dew_point_c {FAR}, since 2026-08-10T06Z"
    )
    assert "Has a unit" in found["a/one"].remedy
    assert ": of 7 feeds 1 unsound;" in found["feeds"].what


def test_what_somebody_has_to_mend_is_told_before_what_passes() -> None:
    old = fault(ALL, "stale", "the same as it said 24 hours before")
    found = told(
        UnsoundFeed("a/old", (old,), ()),
        UnsoundFeed("b/poor", (fault("temperature_c", "absent", "no value in this cycle"), old), ()),
        UnsoundFeed("c/wrong", (fault("temperature_c"),), ()),
    )
    assert list(found) == ["c/wrong", "b/poor", "a/old", "feeds"]
    assert found["a/old"].what == "the same as it said 24 hours before, since 2026-08-10T06Z"
    assert "renamed" in found["b/poor"].remedy
    assert "tell the provider" in found["a/old"].remedy


def test_a_silent_feed_is_counted_and_left_to_freshness() -> None:
    found = told(UnsoundFeed("a/one", (fault(ALL, "absent", "no value in this cycle"),), ()))
    assert list(found) == ["feeds"]
    assert ": of 7 feeds 1 silent;" in found["feeds"].what


def test_that_nobody_could_be_compared_is_said_and_that_none_is_believed_is_an_error() -> None:
    found = told(compared=0, heard=0)
    assert "of 7 feeds none compared, which takes three providers" in found["feeds"].what
    assert found["temperature_c"].level is Level.ERROR
    assert "of the past alone" in found["temperature_c"].what
    assert found["temperature_c"].remedy
    assert "precipitation_mm" not in found
