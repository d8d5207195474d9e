"""The sensor `watch` leaves a sign of life, tells changes once, and keeps the checks of feeds current."""

import asyncio
import json
import shutil
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from weather_platform.cli.main import cli
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.watch.alerts import Alert
from weather_platform.infra.watch.heartbeat import last_beat
from weather_platform.infra.watch.outbox import tell
from weather_platform_tests.loopback import Answer, Seen, serve
from weather_platform_tests.platform_fixtures import Lived


def tick(settings: Settings, instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    definitions = build(settings)
    sensor = definitions.resolve_sensor_def("watch")
    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"platform": Platform(settings)}, definitions=definitions
    )
    result: Any = sensor(context)
    assert isinstance(result, dg.SensorResult)
    return result


def test_a_living_platform_is_well(lived: Lived) -> None:
    with dg.instance_for_test() as instance:
        result = tick(lived.settings, instance)
    beat = last_beat(Platform(lived.settings))
    assert beat is not None
    assert datetime.now(UTC) - beat.alive_at < timedelta(minutes=1)
    assert beat.interval == timedelta(minutes=10)
    open_now = json.loads(result.cursor or "{}")
    assert not [
        key
        for key in open_now
        if key.startswith(("freshness/open", "soundness", "storage", "scheduler", "truth"))
    ]
    events = {str(event.asset_key.to_user_string()): event for event in result.asset_events}
    assert events["forecasts/open_meteo"].passed
    assert len(events["forecasts/open_meteo"].metadata) == 3


async def test_what_became_bad_is_told_once_and_its_end_too(fresh: Settings) -> None:
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(b"ok")

    async with serve(answer) as url:
        settings = fresh.model_copy(update={"alert_webhook": SecretStr(url)})
        with dg.instance_for_test() as instance:
            first = await asyncio.to_thread(tick, settings, instance)
            assert "truth/observations" in json.loads(first.cursor or "")
            assert len(seen) == 1
            again = await asyncio.to_thread(tick, settings, instance, first.cursor)
            assert len(seen) == 1
            assert again.cursor == first.cursor
            gone = json.loads(first.cursor or "") | {"disk/elsewhere": 2}
            await asyncio.to_thread(tick, settings, instance, json.dumps(gone))
            assert len(seen) == 2
    assert not any(event.passed for event in first.asset_events)


def test_a_channel_that_takes_nothing_for_long_is_told_where_people_look(fresh: Settings) -> None:
    """Only the log of `watch` told it, and whoever waited for alerts took silence for health."""
    dead = fresh.model_copy(update={"alert_webhook": SecretStr("http://127.0.0.1:9/")})
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with dg.instance_for_test() as instance:
        tell(dead, instance, [Alert("runs", "error", "run of fetch failed", "ValueError", yesterday)])
        result = tick(dead, instance)
    what = f"1 alert waits since {yesterday:%Y-%m-%dT%HZ}: the webhook was not reached: ConnectError"
    assert json.loads(result.cursor or "")["alerts/webhook"] == 1
    assert f"alerts/webhook: {what}" in str(result.skip_reason)
    output = CliRunner().invoke(cli, ["doctor"], obj=fresh).output
    assert what in output


def test_a_store_that_does_not_answer_is_told_and_nothing_else_changes(fresh: Settings) -> None:
    with dg.instance_for_test() as instance:
        first = tick(fresh, instance)
        shutil.rmtree(fresh.data_dir / "mlflow")
        (fresh.data_dir / "mlflow").write_text("a file where the folder should be")
        away = tick(fresh, instance, first.cursor)
    was, now = (json.loads(result.cursor or "") for result in (first, away))
    assert now == was | {"storage/mlflow": 2}
    assert away.asset_events == []  # of feeds nobody knows


def test_a_sign_of_life_that_cannot_be_left_is_told_of(fresh: Settings) -> None:
    """Found by reading: the sensor failed in its first line, so that nobody was told."""
    (fresh.data_dir / "heartbeat.json").mkdir()
    with dg.instance_for_test() as instance:
        result = tick(fresh, instance)
    assert json.loads(result.cursor or "") == {"storage/published": 2}


@pytest.mark.parametrize("message", ["as it was", None, "", " \n"])
async def test_a_failed_run_is_told(fresh: Settings, message: str | None) -> None:
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(b"ok")

    broken = fresh.model_copy(update={"locations_file": fresh.data_dir / "none.csv"})
    definitions = build(broken)
    async with serve(answer) as url:
        platform = Platform(broken.model_copy(update={"alert_webhook": SecretStr(url)}))
        with dg.instance_for_test() as instance:
            job = definitions.resolve_job_def("read_locations")
            result = await asyncio.to_thread(
                lambda: job.execute_in_process(instance=instance, raise_on_error=False)
            )
            event = next(e for e in result.all_events if e.event_type_value == "PIPELINE_FAILURE")
            if message != "as it was":
                event = event._replace(message=message)
            context = dg.build_run_status_sensor_context(
                sensor_name="failed_runs",
                dagster_event=event,
                dagster_instance=instance,
                dagster_run=result.dagster_run,
                resources={"platform": platform},
            ).for_run_failure()
            sensor: Any = definitions.resolve_sensor_def("failed_runs")
            await asyncio.to_thread(sensor, context)
    assert len(seen) == 1
    (alert,) = json.loads(seen[0].body)["alerts"]
    reason = "Execution of run" if message == "as it was" else "no reason was given"
    assert alert["text"].startswith(reason)
