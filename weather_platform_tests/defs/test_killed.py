"""A run that is killed at any moment, and run again, ends as one that nobody disturbed."""

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.models.registry import ModelRegistry
from weather_platform_tests.platform_fixtures import cycles, days, fingerprints, run_job, tables

KILLS = 4  # two hundred: the soak test below
SOAK_KILLS = int(os.environ.get("WEATHER_KILLS", "200"))
FIRST_DAYS = 1


def whole(settings: Settings, to_the_end: bool = False) -> None:
    """From places to features over the first days, or to the end: predictions, scores and the report."""
    run_job(settings, "read_locations")
    for job in ("fetch", "parse"):
        run_job(settings, job, cycles(0, FIRST_DAYS))
    run_job(settings, "truth", days(0, FIRST_DAYS))
    run_job(settings, "build_features", cycles(0, FIRST_DAYS))
    if to_the_end:
        run_job(settings, "predict", cycles(0, FIRST_DAYS))
        run_job(settings, "verify", days(0, FIRST_DAYS))


def killed_at(
    folder: Path, files: int, more_seconds: float, settings: Settings, to_the_end: bool = False
) -> int | None:
    """Run in a process of its own until so many files are below a folder, and a little longer; kill it then.

    Returns its exit code.
    """
    process = forked(whole, settings, to_the_end)
    while process.is_alive() and sum(path.is_file() for path in folder.rglob("*")) < files:
        time.sleep(0.002)
    process.join(more_seconds)
    process.kill()
    process.join()
    return process.exitcode


def forked(do: Callable[..., object], *arguments: object) -> BaseProcess:
    """A process that does this, forked from one that has imported everything: eight of them take seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [__name__, "weather_platform.core.features.build", "ibis.backends.duckdb", "mlflow"]
    )
    process = context.Process(target=do, args=arguments)
    process.start()
    return process


def in_place(settings: Settings) -> dict[str, str]:
    """Tables as readers see them: what a killed writer left under a temporary name is no part of them."""
    return {name: digest for name, digest in tables(settings).items() if name.endswith(".parquet")}


@pytest.mark.soak
def test_a_killed_run_leaves_whole_partitions_and_is_completed_by_the_next(
    fresh: Settings, tmp_path: Path
) -> None:
    calm = fresh.model_copy(update={"data_dir": tmp_path / "undisturbed"})
    whole(calm)
    undisturbed, payloads = in_place(calm), fingerprints(calm.data_dir / "objects")
    moments = random.Random(20261124)  # noqa: S311 - no secret
    objects, warehouse = fresh.data_dir / "objects", fresh.data_dir / "warehouse"
    at = [(objects, n) for n in moments.sample(range(1, len(payloads)), KILLS // 4)]
    at += [(warehouse, n) for n in moments.sample(range(1, len(undisturbed)), KILLS - len(at))]
    for folder, files in at:
        shutil.rmtree(warehouse, ignore_errors=True)  # so that what is there is of this run
        ended = killed_at(folder, files, moments.uniform(0, 0.02), fresh)
        assert ended == -signal.SIGKILL
        assert in_place(fresh).items() <= undisturbed.items()
    assert len(in_place(fresh)) < len(undisturbed)
    whole(fresh)
    assert in_place(fresh) == undisturbed
    assert fingerprints(objects).items() >= payloads.items()


@pytest.mark.soak
def test_hundreds_of_kills_over_the_whole_flow_change_no_byte(fresh: Settings, tmp_path: Path) -> None:
    """`WEATHER_KILLS=200 python -m pytest -m soak -s weather_platform_tests/defs/test_killed.py`

    Moments are spread over the files that the flow writes: a third while replies are fetched, all else while
    tables are written; each run begins where the killed one before it left off or, as often, from nothing.
    """
    calm = fresh.model_copy(update={"data_dir": tmp_path / "undisturbed"})
    whole(calm, to_the_end=True)
    undisturbed, payloads = in_place(calm), fingerprints(calm.data_dir / "objects")
    moments = random.Random(int(os.environ.get("WEATHER_KILLS_SEED", "20261125")))  # noqa: S311 - no secret
    objects, warehouse = fresh.data_dir / "objects", fresh.data_dir / "warehouse"
    killed = 0
    while killed < SOAK_KILLS:
        fetching, afresh = moments.random() < 1 / 3, moments.random() < 1 / 2
        folder, most = (objects, len(payloads)) if fetching else (warehouse, len(undisturbed))
        shutil.rmtree(warehouse, ignore_errors=True)  # a table that is there is not written again
        if fetching or afresh:
            shutil.rmtree(objects, ignore_errors=True)
        ended = killed_at(folder, moments.randrange(1, most), moments.uniform(0, 0.05), fresh, True)
        killed += ended == -signal.SIGKILL  # a run of the last files may be over before it is killed
        assert in_place(fresh).items() <= undisturbed.items()
    whole(fresh, to_the_end=True)
    assert in_place(fresh) == undisturbed
    assert fingerprints(objects).items() >= payloads.items()
    print(f"{killed} kills, {len(undisturbed)} tables' files and {len(payloads)} replies as undisturbed")  # noqa: T201


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_a_model_registry_that_was_killed_at_its_making_is_made_by_the_next(
    tmp_path: Path, seconds: float
) -> None:
    """Its schema is made in some forty steps, which take a second or two."""
    settings = Settings(data_dir=tmp_path)
    process = forked(ModelRegistry, settings)
    while process.is_alive() and not any((tmp_path / "mlflow").glob("mlflow.db*")):
        time.sleep(0.001)
    process.join(seconds)
    process.kill()
    process.join()
    assert ModelRegistry(settings).promoted("temperature_c") == []
    assert sorted(path.name for path in (tmp_path / "mlflow").iterdir()) == ["lock", "mlflow.db"]
