"""A run that is killed at any moment, and run again, ends as one that nobody disturbed."""

import multiprocessing
import random
import shutil
import signal
from pathlib import Path

from weather_platform.infra.settings import Settings
from weather_platform_tests.platform_fixtures import Lived, cycles, days, fingerprints, run_job, tables

KILLS = 8
LATEST_KILL_SECONDS = 2.0  # about what the run takes, so that moments fall all over it
FIRST_DAYS = 1


def whole(settings: Settings) -> None:
    """From places to features, over the first days."""
    run_job(settings, "read_locations")
    for job in ("fetch", "parse"):
        run_job(settings, job, cycles(0, FIRST_DAYS))
    run_job(settings, "truth", days(0, FIRST_DAYS))
    run_job(settings, "build_features", cycles(0, FIRST_DAYS))


def killed_after(seconds: float, settings: Settings) -> int | None:
    """Run in a process of its own, killed after so long. Returns its exit code."""
    # Forked from a process that has imported everything, so that the moments fall into the work.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "weather_platform.core.features.build", "ibis.backends.duckdb"])
    process = context.Process(target=whole, args=(settings,))
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    return process.exitcode


def of_the_first_days(files: dict[str, str]) -> dict[str, str]:
    """Tables' partitions, or payloads, of the days that are run.

    What a killed writer left under a temporary name is not among them, as no reader sees it.
    """
    keys = {*cycles(0, FIRST_DAYS), *days(0, FIRST_DAYS)}
    return {
        name: digest
        for name, digest in files.items()
        if Path(name).parent.name in keys or (name.endswith(".parquet") and Path(name).stem in keys)
    }


def test_a_killed_run_leaves_whole_partitions_and_is_completed_by_the_next(
    lived: Lived, fresh: Settings
) -> None:
    undisturbed = of_the_first_days(tables(lived.settings))
    payloads = of_the_first_days(fingerprints(lived.settings.data_dir / "objects"))
    moments = random.Random(20261124)  # noqa: S311 - no secret
    killed_after(0.01, fresh)  # starts the process that all others are forked from
    ends, written = [], set()
    for _ in range(KILLS):
        shutil.rmtree(
            fresh.data_dir / "warehouse", ignore_errors=True
        )  # so that what is there is of this run
        ends.append(killed_after(moments.uniform(0.2, LATEST_KILL_SECONDS), fresh))
        left = of_the_first_days(tables(fresh))
        assert left.items() <= undisturbed.items()
        written.add(len(left))
    assert ends.count(-signal.SIGKILL) >= KILLS // 2
    assert len(written) > 3, written  # they were killed at work, and not all before or after it
    whole(fresh)
    assert of_the_first_days(tables(fresh)) == undisturbed
    assert of_the_first_days(fingerprints(fresh.data_dir / "objects")) == payloads
