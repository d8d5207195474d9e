"""Look after look at the drop box: what may not be read yet, names beyond the last, a daemon that ends."""

from datetime import timedelta

import pytest
from dagster import DagsterRunStatus

from weather_platform.defs import drop_box
from weather_platform.infra.platform import Platform
from weather_platform.infra.reading.unreadable_uploads import unreadable_uploads
from weather_platform.infra.stores.drop_box import Budget
from weather_platform_tests.defs.dropped import DAY_KEY, MAPPING, Deployment, table
from weather_platform_tests.infra.stores.dropping import close, forbid
from weather_platform_tests.platform_fixtures import checks


def test_a_file_that_may_not_be_read_fails_the_check_until_it_may(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.drop(locked=table(1), good=table(2, place="miami"))
    with monkeypatch.context() as patched:
        forbid(patched, "locked.csv")
        (read,) = deployment.settle()
        assert checks(read)["uploads:readable"] is False
        assert deployment.rows == [["miami", 2]]
        (fault,) = deployment.rejected.itertuples()
        assert "permissions forbid" in fault.reason
        assert deployment.settle() == []
    (read,) = deployment.settle()
    assert checks(read)["uploads:readable"] is True
    assert deployment.rows == [["denver", 1], ["miami", 2]]


def test_a_folder_that_may_not_be_looked_into_fails_the_check_until_it_may(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.put("locked/x.csv", table(1))
    deployment.drop(good=table(2, place="miami"))
    with monkeypatch.context() as patched:
        close(patched, "locked")
        (read,) = deployment.settle()
        assert checks(read)["uploads:readable"] is False
        assert deployment.rows == [["miami", 2]]
        assert deployment.settle() == []
    assert checks(deployment.settle()[-1])["uploads:readable"] is True
    assert deployment.rows == [["denver", 1], ["miami", 2]]


def test_a_file_whose_mapping_cannot_be_had_is_not_read_without_it(deployment: Deployment) -> None:
    """By its names alone its values might be taken for another unit, or another place's."""
    deployment.put("a.csv", f"time_utc,place,temp_c\n{DAY_KEY} 00:00,denver,1\n")
    deployment.put("a.csv.yaml", MAPPING + "#" * 1_000_000)
    (read,) = deployment.settle()
    assert checks(read)["uploads:readable"] is False
    assert deployment.rows == []
    (fault,) = deployment.rejected.itertuples()
    assert "a.csv.yaml is too large for a mapping" in fault.reason


def test_of_a_file_that_stays_bad_its_newest_version_is_told_alone(deployment: Deployment) -> None:
    for text in ("nonsense", "other nonsense"):
        deployment.drop(a=text)
        deployment.settle()
    (told,) = unreadable_uploads(Platform(deployment.settings)).to_dict("records")
    assert told["file"].endswith("a.csv") and told["upload"].split("@")[1].startswith("000002")
    deployment.drop(a=table(1))
    deployment.settle()
    assert unreadable_uploads(Platform(deployment.settings)).empty


def test_after_the_last_name_the_sensor_begins_again_at_the_first(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by trying: Dagster keeps the cursor that it has where it is given an empty one, so that of more
    than 50,000 files those whose names come first were never looked at again.
    """
    monkeypatch.setattr("weather_platform.infra.stores.drop_box.Budget", lambda: Budget(listed=2))
    deployment.drop(a=table(1), b=table(2), c=table(3))
    deployment.settle()
    deployment.drop(a=table(4))
    assert len([read for _ in range(3) for read in deployment.settle()]) == 1
    assert deployment.rows == [["denver", 2], ["denver", 3], ["denver", 4]]


def test_nothing_is_lost_or_asked_twice_whenever_the_daemon_ends(deployment: Deployment) -> None:
    deployment.drop(a=table(1))
    (lost,) = deployment.tick()
    assert deployment.tick() == [lost], "a request that nobody saw is made again"
    running = deployment.unfinished(lost, DagsterRunStatus.STARTED)
    deployment.cursor = None
    assert deployment.tick() == [], "a run is at it"
    deployment.drop(b=table(2), a=table(3))
    (request,) = deployment.tick()
    assert len(deployment.keys(request)) == 1, "what replaces an upload that is being read waits for it"
    deployment.run(request)
    deployment.settings = deployment.settings.model_copy(update={"upload_run_silence": timedelta(0)})
    deployment.settle()
    dead = deployment.instance.get_run_by_id(running.run_id)
    assert dead is not None and dead.status == DagsterRunStatus.FAILURE
    assert deployment.rows == [["denver", 2], ["denver", 3]]


def test_many_files_are_few_runs_and_what_kills_a_run_is_found_and_given_up(deployment: Deployment) -> None:
    for i in range(450):
        deployment.put(f"{i:03}.csv", table(i % 30, place=f"p{i}"))
    asked = []
    for _ in range(7):
        runs = [request for request in deployment.tick() if deployment.holds(request, "000.csv")]
        asked += [len(deployment.keys(request)) for request in runs]
        for request in runs:
            deployment.failed(request)
    assert asked == [200, 200, 50, 10, 1, 1]
    assert len(deployment.tick()) == drop_box.RUNS_AT_ONCE
