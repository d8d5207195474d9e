"""An alert's words: bounded, with the time and the page to read on."""

from dataclasses import replace

import pytest

from weather_platform.infra.watch import alerts
from weather_platform.infra.watch.alerts import Alert
from weather_platform_tests.infra.watch.channels import AT


def test_an_alert_is_bounded_and_says_when_and_where_to_read_on() -> None:
    text = Alert("runs", "error", "t", "x" * 100_000, AT).plain()
    assert len(text) == 4_000
    assert text.endswith("xx\n2026-08-10 12:10 UTC. Runbook: docs/runbook/runs.md")


@pytest.mark.parametrize(("too_long", "shown"), [(0, 2), (1, 1)])
def test_what_just_fits_into_a_message_is_in_it(too_long: int, shown: int) -> None:
    first, second = (Alert("runs", "error", f"run {number} failed", "", AT) for number in range(2))
    room = 4_000 - len("\n\nAnd 2 more: see `weather-platform doctor`.")
    rest = room - len(first.plain()) - len(second.plain()) - len("\n\n") * 2
    text = alerts.plain([first, replace(second, text="x" * (rest + too_long))])
    assert text.count("[error]") == shown


@pytest.mark.parametrize("size", [10, 1_000, 100_000])
def test_a_message_says_how_many_alerts_it_has_no_room_for(size: int) -> None:
    many = [Alert("runs", "error", f"run {number} failed", "x" * size, AT) for number in range(60)]
    text = alerts.plain(many)
    shown = text.count("[error]")
    assert 1 <= shown < 60
    assert len(text) <= 4_000
    assert text.startswith("[error] run 0 failed")
    assert text.endswith(f"\n\nAnd {60 - shown} more: see `weather-platform doctor`.")
