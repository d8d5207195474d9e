"""The images' steps, played in clean virtual environments: each starts, and carries what its role needs and
no more.
"""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from weather_platform.infra.instance.dagster_home import EVENT_BATCH
from weather_platform_tests.deploy.dockerfile import Replay, megabytes, set_in, stages
from weather_platform_tests.deploy.homes import DEPLOY

TARGETS = {"worker": 1200, "web": 700, "ticks": 100}  # MB installed, at most


def smoke(target: str) -> str:
    """What Cloud Build runs in the image before it is pushed."""
    loaded = yaml.safe_load((DEPLOY / "cloudbuild" / f"{target}.yaml").read_text())
    (step,) = [step for step in loaded["steps"] if step["id"] == "smoke"]
    found = re.search(r"bash -euc '(.*)'", step["args"][1])
    assert found is not None
    return found[1]


@pytest.mark.soak
@pytest.mark.parametrize("target", TARGETS)
def test_an_image_installs_from_its_lock_starts_and_is_small(target: str, tmp_path: Path) -> None:
    replay = Replay(tmp_path)
    root, environment = replay.play(target)
    done = subprocess.run(  # noqa: S603
        ["/bin/bash", "-euc", smoke(target)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [step.split()[0] for step in replay.left_out] == ["useradd"]
    size = megabytes((root / "opt" / "venv").resolve())
    print(f"{target}: {size:.0f} MB installed")  # noqa: T201 - with pytest -s, for the record
    assert size <= TARGETS[target]


@pytest.mark.parametrize("target", TARGETS)
def test_an_image_runs_as_nobody_special_and_leaves_jobs_their_command(target: str) -> None:
    steps = dict(stages()[target].steps)
    assert steps["USER"] == "10001"
    assert "ENTRYPOINT" not in steps
    assert "pip uninstall" in dict(stages()[f"{target}-installed"].steps)["RUN"]


def test_runs_in_the_worker_store_their_events_in_batches_whoever_started_them() -> None:
    """Found by measuring: what ticks run did, what Dagster launches did not, and of a range of 244 cycles the
    events took four times as long.
    """
    name, size = EVENT_BATCH
    assert set_in("worker")[name] == size


def test_no_target_installs_anything_that_has_no_hash() -> None:
    commands = [step for stage in stages().values() for kind, step in stage.steps if kind == "RUN"]
    installs = [part for command in commands for part in command.split("&&") if "pip install" in part]
    assert len(installs) == 7
    for install in installs:
        assert "--no-deps" in install
        assert "--require-hashes" in install or "/wheel/*.whl" in install


def test_folders_that_files_are_mounted_into_are_the_users() -> None:
    """Found by reading: within compose's volume Docker itself made DAGSTER_HOME for a mounted file, as
    root's, and no run could write there what it printed.
    """
    services = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())["services"]
    mounts = [mount.split(":") for mount in services["code"]["volumes"]]
    volumes = [target for source, target, *_ in mounts if not source.startswith(".")]
    files = [target for source, target, *_ in mounts if source.startswith(".")]
    within = {
        str(Path(file).parent) for file in files if file.startswith(tuple(f"{one}/" for one in volumes))
    }
    assert within == {"/data/dagster"}
    made = re.search(r"install --directory --owner=weather (.*)", dict(stages()["runtime"].steps)["RUN"])
    assert made is not None and within <= set(made[1].split())
