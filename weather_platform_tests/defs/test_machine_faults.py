"""Faults of the machine rather than of a provider: each ends clearly, loses nothing, and is made good by the
next run.

The rows of the second table of docs/reliability.md are these tests.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
import pandas as pd
import pytest
from click.testing import CliRunner
from dagster._core.test_utils import freeze_time
from dagster_postgres.utils import DagsterPostgresException
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from weather_platform.cli.main import cli
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.contracts.truth import LOCATIONS, RECONCILED
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.defs.test_killed import in_place, whole
from weather_platform_tests.platform_fixtures import cycles, run_job
from weather_platform_tests.postgres_fixtures import free_port, restartable

UNSHARE = shutil.which("unshare")
ALONE = [str(UNSHARE), "--map-root-user", "--mount"]


@pytest.fixture
def small_disk(fresh: Settings, tmp_path: Path) -> dict[str, Any]:
    """What happened on a small disk; skipped where no file system may be mounted."""
    if UNSHARE is None or subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:  # noqa: S603
        pytest.skip("this system lets nobody mount a file system of their own (unshare --mount)")
    (tmp_path / "disk").mkdir()
    settings = fresh.model_copy(update={"data_dir": tmp_path / "disk" / "data"})
    lived = subprocess.run(  # noqa: S603 - our own module
        [*ALONE, sys.executable, "-m", "weather_platform_tests.small_disk", settings.model_dump_json()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert lived.returncode == 0, lived.stderr[-3000:]
    told: dict[str, Any] = json.loads(lived.stdout.splitlines()[-1])
    return told


def test_a_full_and_a_read_only_disk_end_runs_clearly_and_lose_nothing(
    fresh: Settings, tmp_path: Path, small_disk: dict[str, Any]
) -> None:
    calm = fresh.model_copy(update={"data_dir": tmp_path / "undisturbed"})
    whole(calm)
    undisturbed = in_place(calm)
    kind, text = small_disk["full"]
    assert kind == "ENOSPC"
    assert "No space left on device" in text
    assert small_disk["left"].items() < undisturbed.items()
    assert small_disk["completed"] == undisturbed
    assert small_disk["read_only"][0] == "EROFS"
    assert "Read-only file system" in small_disk["read_only"][1]
    assert small_disk["kept"] == undisturbed
    code, output = small_disk["command"]
    assert code == 1
    assert "make room" in output
    assert "Traceback" not in output
    stores = {f["subject"]: f["level"] for f in json.loads(small_disk["doctor"])["findings"]}
    assert "error" in stores.values()


def test_without_mlflow_forecasts_and_features_are_made_and_predictions_say_what_to_do(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    down = fresh.model_copy(update={"mlflow_tracking_uri": SecretStr(f"http://127.0.0.1:{free_port()}")})
    (cycle,) = cycles(0, 1)[:1]
    run_job(down, "read_locations")
    job = build(down).resolve_job_def("cycle")
    result = job.execute_in_process(partition_key=cycle, raise_on_error=False)
    failed = [event for event in result.all_events if event.is_step_failure]
    assert [event.step_key for event in failed] == ["predictions"]
    cause = failed[0].step_failure_data.error
    assert cause is not None
    assert "start its server or see that WEATHER_MLFLOW_TRACKING_URI is right" in str(cause)
    warehouse = Platform(down).warehouse
    assert len(warehouse.read("features", FEATURES, [cycle]))
    run_job(fresh, "predict", [cycle])  # MLflow is back
    assert warehouse.keys("predictions") == [cycle]


@pytest.mark.soak
def test_postgres_may_be_restarted_in_the_middle_of_a_run(
    fresh: Settings, tmp_path: Path, postgres: str
) -> None:
    calm = fresh.model_copy(update={"data_dir": tmp_path / "undisturbed"})
    keys = cycles(0, 1)
    for settings in (calm, fresh):
        run_job(settings, "read_locations")
    for job in ("fetch", "parse"):
        run_job(calm, job, keys)

    with restartable() as server:
        (tmp_path / "dagster.yaml").write_text(
            f"storage:\n  postgres:\n    postgres_url: {server.url}/postgres\n"
        )
        with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
            objects = fresh.data_dir / "objects"
            restarting = Thread(target=once_there, args=(objects, 5, server.restart))
            restarting.start()
            with suppress(OperationalError, DagsterPostgresException):  # it may be in the middle of a word
                run_job(fresh, "fetch", keys, instance)
            restarting.join()
            assert sum(path.is_file() for path in objects.rglob("*")) >= 5
            for job in ("fetch", "parse"):
                run_job(fresh, job, keys, instance)
            assert instance.get_materialized_partitions(dg.AssetKey(["forecasts", "nws"])) == set(keys)
    assert in_place(fresh) == in_place(calm)


def once_there(folder: Path, files: int, do: Callable[[], object]) -> None:
    """Do it when so many files are below the folder, within a minute."""
    deadline = time.monotonic() + 60
    while sum(path.is_file() for path in folder.rglob("*")) < files and time.monotonic() < deadline:
        time.sleep(0.005)
    do()


# Three days each, that of the change in the middle; in New York clocks go back on 1 November 2026.
CHANGES = {"end of summer time": "2026-10-31", "new year": "2026-12-31", "leap day": "2028-02-28"}


@pytest.mark.parametrize(
    "change",
    ["end of summer time", "leap day", pytest.param("new year", marks=pytest.mark.soak)],
)
def test_days_are_whole_over_every_change_of_the_calendar(
    fresh: Settings, tmp_path: Path, change: str
) -> None:
    first = date.fromisoformat(CHANGES[change])
    settings = fresh.model_copy(update={"first_day": first, "providers": ("met_norway", "nws")})
    lived(settings, "America/New_York")
    warehouse = Platform(settings).warehouse
    assert len(warehouse.keys("features")) == 12
    truth = warehouse.read("observations", RECONCILED)
    days = truth["time"].dt.date
    hours = truth[days < first + timedelta(days=3)].groupby(["location_id", days])["time"].nunique()
    assert len(hours) == 9
    assert set(hours) == {24}
    rows = warehouse.read("forecasts/met_norway", FORECAST)
    assert not rows.duplicated(list(FORECAST.key)).any()
    assert (rows["valid_time"].dt.minute == 0).all()
    if change == "end of summer time":
        elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
        lived(elsewhere, "UTC")
        assert in_place(elsewhere) == in_place(settings)


def lived(settings: Settings, zone: str) -> None:
    """The three days from the first, in that time zone."""
    begin = datetime(settings.first_day.year, settings.first_day.month, settings.first_day.day, tzinfo=UTC)
    end = begin + timedelta(days=3)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TZ", zone)
        time.tzset()
        with freeze_time(end):
            run_job(settings, "read_locations")
            for job, grain in {"fetch": CYCLE, "parse": CYCLE, "truth": DAY, "build_features": CYCLE}.items():
                run_job(settings, job, grain.keys(begin, end))
    time.tzset()


def test_a_hundred_thousand_places_are_read_and_planned_and_the_sum_is_told(
    fresh: Settings, tmp_path: Path
) -> None:
    many = tmp_path / "many.csv"
    number = pd.RangeIndex(100_000)
    pd.DataFrame(
        {
            "location_id": "p" + number.astype(str),
            "latitude": -60 + number % 400 * 0.3,
            "longitude": -179 + number // 400 * 1.4,
        }
    ).to_csv(many, index=False)
    settings = fresh.model_copy(update={"locations_file": many})
    run_job(settings, "read_locations")
    assert len(Platform(settings).warehouse.read("locations", LOCATIONS)) == 100_000
    told = CliRunner().invoke(cli, ["plan"], env={"WEATHER_LOCATIONS_FILE": str(many)})
    assert told.exit_code == 1
    assert "does not fit" in told.output
