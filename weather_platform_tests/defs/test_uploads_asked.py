"""Which uploads the sensor asks for, in what runs; none is read."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster import DagsterRunStatus
from dagster._core.test_utils import freeze_time

from weather_platform.defs import drop_box
from weather_platform.defs.upload_runs import JOB
from weather_platform.defs.uploads import KEY
from weather_platform.infra.platform import Platform
from weather_platform_tests.defs.dropped import MAPPING, Deployment, table
from weather_platform_tests.service.scheduled import launched_from_ui


def asked(deployment: Deployment) -> list[str]:
    """The names of each run's files."""
    runs = [deployment.keys(request) for request in deployment.tick()]
    return [" ".join(key.partition(".")[0] for key in run) for run in runs]


def partitions(deployment: Deployment) -> list[str]:
    return list(deployment.instance.get_dynamic_partitions("uploads"))


def made(deployment: Deployment, key: str) -> None:
    deployment.instance.report_runless_asset_event(dg.AssetMaterialization(KEY, partition=key))


def test_a_run_is_of_neighbours_alone_so_that_it_reads_nothing_again(deployment: Deployment) -> None:
    deployment.drop(a=table(1), b=table(2), c=table(3))
    assert asked(deployment) == ["a b c"]
    made(deployment, partitions(deployment)[1])
    assert asked(deployment) == ["a", "c"]


def test_what_failed_is_not_asked_for_with_what_did_not(deployment: Deployment) -> None:
    deployment.drop(a=table(1), b=table(2), c=table(3))
    (request,) = deployment.tick()
    (_, key, _) = deployment.keys(request)
    run = deployment.unfinished(dg.RunRequest(tags={"dagster/partition": key}), DagsterRunStatus.STARTED)
    deployment.instance.report_run_canceled(run)
    assert asked(deployment) == ["a", "b", "c"]


def test_a_run_is_of_so_many_bytes_at_most(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drop_box, "BYTES_PER_RUN", 2 * len(table(1)))
    deployment.drop(a=table(1), b=table(2), c=table(3), d=table(4), e=table(5))
    assert asked(deployment) == ["a b", "c d", "e"]


def test_runs_that_wait_or_are_at_work_are_of_those_that_there_may_be_at_once(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop_box, "BYTES_PER_RUN", 1)
    deployment.drop(**{name: table(ord(name)) for name in "abcdef"})
    first, second, *_ = requests = deployment.tick()
    assert len(requests) == drop_box.RUNS_AT_ONCE == 4
    deployment.unfinished(first, DagsterRunStatus.STARTED)
    deployment.instance.create_run_for_job(
        deployment.job,
        status=DagsterRunStatus.QUEUED,
        tags=dict(second.tags),
        remote_job_origin=launched_from_ui(JOB),
    )
    assert asked(deployment) == ["c", "d"]
    # One that waits for its turn has no process that could be silent.
    deployment.settings = deployment.settings.model_copy(update={"upload_run_silence": timedelta(0)})
    assert asked(deployment) == ["a", "c", "d"]


def test_a_run_that_says_something_lives_however_old_it_is(deployment: Deployment) -> None:
    deployment.drop(a=table(1))
    (request,) = deployment.tick()
    with freeze_time(datetime.now(UTC) - timedelta(days=1)):
        run = deployment.unfinished(request, DagsterRunStatus.STARTED)
    deployment.instance.report_engine_event("300 of 1000 uploads read", run)
    assert asked(deployment) == []


def test_what_was_replaced_before_it_was_read_is_not_read(deployment: Deployment) -> None:
    deployment.drop(a=table(1))
    deployment.tick()
    deployment.drop(a=table(2))
    assert asked(deployment) == ["a"]
    uploads = Platform(deployment.settings).uploads
    keys = [uploads.add("import/b.csv", table(hour).encode(), MAPPING.encode())[0] for hour in (3, 4)]
    assert asked(deployment) == ["a b"]
    assert partitions(deployment)[2:] == keys[1:], "nor is there a partition of it"


def test_partitions_that_a_person_deleted_or_the_ledger_has_lost_are_left_as_they_are(
    deployment: Deployment,
) -> None:
    deployment.drop(a=table(1))
    (request,) = deployment.tick()
    (read,) = deployment.keys(request)
    made(deployment, read)
    deployment.failed(request)  # before it was read
    deployment.instance.delete_dynamic_partition("uploads", read)
    deployment.instance.add_dynamic_partitions("uploads", ["lost.csv@000009-0123abcd"])
    deployment.drop(b=table(2))
    assert asked(deployment) == ["b"]
    assert read not in partitions(deployment)
