"""Every schedule and sensor that there really is, set off by a tick on a deployment that has nothing yet.

Belongs here: that a tick reaches what a schedule or sensor does. Does not: what its runs do (defs), so none
is made; nor what the worker makes of outcomes (test_worker).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.definitions import build
from weather_platform.defs import watch
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance as opened
from weather_platform.infra.watch.alerts import Alert
from weather_platform.service.requested_runs import Outcome, RequestedRuns
from weather_platform.service.worker import UnknownTickError, Worker

AT = datetime(2026, 9, 3, 18, 15, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with opened(settings) as found:
        yield found


def test_every_schedule_asks_for_its_run(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RequestedRuns, "execute", lambda *_: Outcome.DONE)
    definitions = build(settings)
    asked = {
        name: list(Worker(settings, definitions, instance).tick(name, AT))
        for name in (one.name for one in definitions.get_repository_def().schedule_defs)
    }
    assert asked.pop("every_cycle") == [(CYCLE.key(AT), Outcome.DONE)]
    assert set(asked) == {"every_day", "every_week", "every_night"}
    yesterday = DAY.key(DAY.floor(AT) - DAY.length)
    runs = {key for key, _ in asked["every_day"]}  # of the days that were never made as well
    assert f"{yesterday} on {DAY.key(AT)}" in runs
    assert [len(asked[name]) for name in ("every_week", "every_night")] == [1, 1]


def test_every_sensor_looks_and_watch_leaves_its_sign_of_life(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    definitions = build(settings)
    names = {one.name for one in definitions.get_repository_def().sensor_defs} - {"bring_up_to_date"}
    assert names == {"failed_runs", "new_uploads", "retraining", "watch"}
    for name in sorted(names):
        assert list(Worker(settings, definitions, instance).tick(name, AT)) == [], name
    assert (settings.data_dir / "heartbeat.json").exists()


def test_a_run_that_failed_since_the_last_tick_is_told(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Alert] = []
    monkeypatch.setattr(watch, "tell", lambda _settings, _instance, alerts: told.extend(alerts) or [])
    definitions = build(settings)
    worker = Worker(settings, definitions, instance)
    assert list(worker.tick("failed_runs", AT)) == []
    job = definitions.resolve_job_def("train")
    instance.report_run_failed(
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED), "out of luck"
    )
    for _ in range(2):
        assert list(worker.tick("failed_runs", AT)) == []
    assert [one.title for one in told] == ["run of train failed"]


def test_what_only_a_daemon_can_evaluate_is_refused_with_what_does_its_work_and_listed_nowhere(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    worker = Worker(settings, build(settings), instance)
    with pytest.raises(UnknownTickError, match=r"daemon alone .* schedules make what is new: every_cycle, "):
        list(worker.tick("bring_up_to_date", AT))
    with pytest.raises(UnknownTickError, match="there are every_cycle, ") as refused:
        list(worker.tick("nonsense", AT))
    assert "bring_up_to_date" not in str(refused.value)
