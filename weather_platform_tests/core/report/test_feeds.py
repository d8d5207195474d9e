"""The report says which feeds are not to be believed now, so that nobody trusts the best of last year."""

from datetime import UTC, datetime, timedelta

from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.report.feeds import feeds_told
from weather_platform.core.report.page import render
from weather_platform.core.tables.schema import empty
from weather_platform.core.trust.unsound import ALL, Fault, FeedsNow, UnsoundFeed

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)
HEARD = {"temperature_c": 5, "wind_speed_m_s": 6, "precipitation_mm": 4}
DAY_AGO = NOW - timedelta(days=1)
WARM = Fault("temperature_c", "off", "+38.2 from what the other providers say", NOW, longer=False)
FAST = Fault("wind_speed_m_s", "off", "1.94 times what the other providers say", NOW, longer=False)
OLD = Fault(ALL, "stale", "the same as it said 24 hours before", DAY_AGO, longer=True)
GONE = Fault(ALL, "absent", "no value in this cycle", DAY_AGO, longer=False)


def now(*unsound: UnsoundFeed, compared: int = 7) -> FeedsNow:
    return FeedsNow(NOW, 7, compared, unsound, HEARD)


def test_sound_feeds_are_one_sentence() -> None:
    told = feeds_told(now())
    assert told.markdown() == (
        "All 7 feeds are sound in the cycle of 2026-08-10 12 UTC, the newest when this was written."
    )
    page = render([], empty(SCORE), simulated=False, feeds=told)
    assert "All 7 feeds are sound in the cycle of 2026\u201108\u201110 12 UTC" in page
    assert "Feeds now" not in page
    assert "feeds" not in render([], empty(SCORE), simulated=False).split("</style>")[1]


def test_where_none_was_compared_none_is_called_sound() -> None:
    told = feeds_told(now(compared=0)).markdown()
    assert "sound" not in told
    assert told.endswith("None could be compared with others: that takes three providers.")


def test_each_feed_is_told_with_since_when_why_and_what_the_forecast_goes_without() -> None:
    warm = UnsoundFeed("a/one", (WARM, FAST), ("temperature_c", "wind_speed_m_s"))
    old, gone = (UnsoundFeed(feed, (of,), tuple(HEARD)) for feed, of in (("b/old", OLD), ("c/gone", GONE)))
    told = feeds_told(now(warm, old, gone))
    assert told.whole.startswith("3 of 7 feeds say nothing or are not to be believed in the cycle of")
    assert dict(told.each) == {
        "a/one": "since 2026-08-10 12 UTC: temperature (°C) +38.2 from what the other providers say, wind "
        "speed (m/s) 1.94 times what the other providers say. Our forecast goes without its temperature and "
        "wind speed.",
        "b/old": "since 2026-08-09 12 UTC or longer: the same as it said 24 hours before. Our forecast goes "
        "without it.",
        "c/gone": "since 2026-08-09 12 UTC: it says nothing.",
    }
    assert told.left.endswith("that cycle: 5 for temperature, 6 for wind speed, 4 for precipitation in 3 h.")
    assert told.markdown().count("\n- **") == 3
    assert feeds_told(now(gone)).whole.startswith("1 of 7 feeds says nothing in the cycle")


def test_what_is_wrong_and_not_forecast_costs_the_forecast_nothing() -> None:
    low = Fault("pressure_msl_hpa", "off", "-40.0 from what the other providers say", NOW, longer=False)
    ((_, text),) = feeds_told(now(UnsoundFeed("a/one", (low, OLD), ()))).each
    assert text == (
        "since 2026-08-09 12 UTC or longer: the same as it said 24 hours before; since 2026-08-10 12 UTC: "
        "pressure at sea level (hPa) -40.0 from what the other providers say."
    )


def test_the_page_lists_them_and_shows_their_text_as_it_is() -> None:
    odd = Fault(ALL, "off", "<b>as</b> it is", NOW, longer=False)
    page = render([], empty(SCORE), simulated=False, feeds=feeds_told(now(UnsoundFeed("a/one", (odd,), ()))))
    assert "<b>Feeds now.</b> 1 of 7 feeds is not to be believed" in page
    assert (
        page.count("<li><b>a/one</b> since 2026\u201108\u201110 12 UTC: &lt;b&gt;as&lt;/b&gt; it is.</li>")
        == 1
    )
    assert "5 for temperature" in page
