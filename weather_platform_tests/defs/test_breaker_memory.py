"""What a run learnt of a provider that is down reaches the next run."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import dagster as dg
import httpx
import pytest

from weather_platform.core.fetching.breaker import State
from weather_platform.core.partitions import CYCLE
from weather_platform.defs import payloads
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.breaker_memory import recall, remember
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.web import http
from weather_platform_tests.platform_fixtures import checks, run_job


def test_a_state_outlives_the_process_that_made_it(tmp_path: Path) -> None:
    state = State(datetime(2026, 8, 1, 6, 17, tzinfo=UTC), 2, "HTTP status 503")
    with instance(Settings(data_dir=tmp_path)) as opened:
        assert recall(opened, "nws") == State()
        remember(opened, "nws", state)
    with instance(Settings(data_dir=tmp_path)) as again:
        assert recall(again, "nws") == state
        assert recall(again, "met_norway") == State()
        remember(again, "nws", State())
        assert recall(again, "nws") == State()


def test_what_cannot_be_read_is_no_state() -> None:
    with dg.DagsterInstance.ephemeral() as opened:
        key = "weather_platform/breaker/nws"
        for text in ("", "{", "[1]", '["soon", 1, "x"]', "null"):
            opened.run_storage.set_cursor_values({key: text})
            assert recall(opened, "nws") == State()


def test_a_live_run_leaves_a_provider_alone_that_was_down_a_moment_ago(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Live, since in the sandbox a cycle is always fetched at the same simulated time."""
    asked: list[str] = []

    def down(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(503)

    lanes = partial(httpx.MockTransport, down)
    monkeypatch.setattr(http, "_Lanes", lambda *_args, **_options: lanes())
    monkeypatch.setattr(http, "RETRIES", 0)
    monkeypatch.setattr(payloads, "_PATIENCE", timedelta(0))
    today = datetime.now(UTC)
    changes = {
        "profile": "live",
        "sandbox_url": None,
        "first_day": today.date(),
        "providers": ("met_norway",),
    }
    settings = fresh.model_copy(update=changes)
    keys = [CYCLE.key(today)]
    with dg.DagsterInstance.ephemeral() as instance:
        run_job(settings, "read_locations", instance=instance)
        assert not checks(run_job(settings, "fetch", keys, instance))["payloads/met_norway:complete"]
        assert len(asked) == 3
        again = run_job(settings, "fetch", keys, instance)
        assert len(asked) == 3
        (told,) = [found for found in again.get_asset_check_evaluations() if found.check_name == "complete"]
        assert "not asked before" in str(told.metadata["reasons"].value)
