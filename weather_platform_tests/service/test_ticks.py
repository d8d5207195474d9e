"""Every schedule and sensor that there really is, set off by a tick on a deployment that has nothing yet.

Belongs here: that a tick reaches what a schedule or sensor does. Does not: what its runs do (defs), so none
is made; nor what the worker makes of outcomes (test_worker).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.definitions import build
from weather_platform.defs import uploads, watch
from weather_platform.defs.upload_runs import FIRST, LAST
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance as opened
from weather_platform.infra.stores import drop_box
from weather_platform.infra.stores.drop_box import Budget
from weather_platform.infra.watch.alerts import Alert
from weather_platform.service.requested_runs import Outcome, RequestedRuns
from weather_platform.service.worker import MAX_FAILED, UnknownTickError, Worker

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


def test_a_tick_finds_what_is_new_however_far_down_the_drop_box(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading: a tick went no further than the 50,000 names of its first look; what lies behind them
    was read with a later upload, or days later.
    """
    box = settings.data_dir / "objects" / "drop_box"
    box.mkdir(parents=True)
    asked: list[str] = []

    def execute(_runs: RequestedRuns, _job: object, request: dg.RunRequest, _tags: object) -> Outcome:
        order = list(instance.get_dynamic_partitions("uploads"))
        keys = order[order.index(request.tags[FIRST]) : order.index(request.tags[LAST]) + 1]
        for key in keys:
            instance.report_runless_asset_event(dg.AssetMaterialization(uploads.KEY, partition=key))
        asked.extend(key.partition("@")[0] for key in keys)
        return Outcome.DONE

    monkeypatch.setattr(RequestedRuns, "execute", execute)
    monkeypatch.setattr(drop_box, "Budget", lambda: Budget(listed=2))
    worker = Worker(settings, build(settings), instance)
    for names in ("abcd", "z", "c"):  # new, behind all others, and before where the last look ended
        for name in names:
            (box / f"{name}.csv").unlink(missing_ok=True)
            (box / f"{name}.csv").write_text(f"{name} of {names}")
        assert {outcome for _, outcome in worker.tick("new_uploads", AT)} == {Outcome.DONE}
        assert asked == [f"{name}.csv" for name in names]
        asked.clear()


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


def test_a_run_is_of_the_assets_that_its_request_names_with_its_configuration_and_tags(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """Found by reading: of one variable that drifted, a tick trained all."""

    @dg.asset(config_schema={"depth": int})
    def drifted(context: dg.AssetExecutionContext) -> int:
        return int(context.op_execution_context.op_config["depth"])

    @dg.asset
    def steady() -> None: ...

    @dg.sensor(job_name="train")
    def retraining() -> dg.RunRequest:
        config = {"ops": {"drifted": {"config": {"depth": 3}}}}
        return dg.RunRequest("once", config, {"why": "drift"}, asset_selection=[drifted.key])

    job = dg.define_asset_job("train", dg.AssetSelection.all())
    definitions = dg.Definitions([drifted, steady], jobs=[job], sensors=[retraining])
    worker = Worker(settings, definitions, instance)
    assert list(worker.tick("retraining", AT)) == [("once", Outcome.DONE), ("once", Outcome.DONE_BEFORE)]
    (run,) = instance.get_runs()
    assert run.tags["why"] == "drift"
    assert run.tags[".dagster/repository"] == "__repository__@weather_platform", "what the UI lists it by"
    made = [instance.get_latest_materialization_event(asset.key) for asset in (drifted, steady)]
    assert made[0] is not None and made[1] is None


def test_a_sensor_is_asked_again_after_each_run_that_it_asked_for(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """As of uploads, of which four runs are asked for at once, and of a failed run the parts."""
    left = ["third", "second", "first"]

    def fetch() -> None:
        if left.pop() == "second":
            raise ValueError("spoilt")

    sensor = _sensor(lambda: dg.RunRequest() if left else dg.SkipReason("all read"), fetch)
    done = list(Worker(settings, sensor, instance).tick("new_files", AT))
    assert [outcome for _, outcome in done] == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]


def test_a_request_that_fails_however_often_it_is_asked_for_is_left_to_the_next_tick(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading: files of an archive whose run fails were fetched a hundred times in one tick."""
    monkeypatch.setattr(RequestedRuns, "execute", lambda *_: Outcome.FAILED)
    sensor = _sensor(lambda: dg.RunRequest(tags={FIRST: "a", LAST: "b"}))
    asked = list(Worker(settings, sensor, instance).tick("new_files", AT))
    assert asked == [("a to b", Outcome.FAILED)] * MAX_FAILED


def _sensor(
    asks: Callable[[], dg.RunRequest | dg.SkipReason], fetch: Callable[[], None] = lambda: None
) -> dg.Definitions:
    """A sensor `new_files` that keeps no cursor and gives its requests no key."""

    @dg.op
    def fetched() -> None:
        fetch()

    @dg.job
    def files() -> None:
        fetched()

    @dg.sensor(job=files)
    def new_files() -> dg.RunRequest | dg.SkipReason:
        return asks()

    return dg.Definitions(jobs=[files], sensors=[new_files])


def test_what_only_a_daemon_can_evaluate_is_refused_with_what_does_its_work_and_listed_nowhere(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    worker = Worker(settings, build(settings), instance)
    with pytest.raises(UnknownTickError, match=r"daemon alone .* schedules make what is new: every_cycle, "):
        list(worker.tick("bring_up_to_date", AT))
    with pytest.raises(UnknownTickError, match="there are every_cycle, ") as refused:
        list(worker.tick("nonsense", AT))
    assert "bring_up_to_date" not in str(refused.value)
