"""No hostile input makes a reader crash, hang, or fill the memory.

In the suite a hundred inputs each; `WEATHER_FUZZ_INPUTS=1000000 python -m pytest -m soak -s
weather_platform_tests/fuzz` feeds a million in all and prints how many each reader got.
"""

import os
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weather_platform.cli.main import cli
from weather_platform_tests.fuzz.mutate import mutated
from weather_platform_tests.fuzz.targets import SEEDS, TARGETS, Target

BATCH = 32
CPU_SECONDS = 20.0  # for a batch; it takes some 0.1
LARGEST_GROWTH_MB = 1500
INPUTS = int(os.environ.get("WEATHER_FUZZ_INPUTS", "1000000"))
QUIET = tuple(HealthCheck)


def fed(name: str, target: Target, examples: int, seed_space: int = 2**63) -> int:
    """Feed so many batches, and fail with the seed of the input at fault; returns how many inputs it took."""
    count = 0

    @settings(max_examples=examples, suppress_health_check=QUIET, database=None)
    @given(st.integers(0, seed_space))
    def batch(seed: int) -> None:
        nonlocal count
        inputs = [mutated(target.seeds, seed + i) for i in range(BATCH)]
        began = time.process_time()
        try:
            target.feed(inputs)
        except Exception:
            for i, data in enumerate(inputs):
                _alone(name, target, seed + i, data)
            raise
        assert time.process_time() - began < CPU_SECONDS, f"{name}: slow from seed {seed} on"
        count += BATCH

    batch()
    return count


def _alone(name: str, target: Target, seed: int, data: bytes) -> None:
    """Which input of a batch it was."""
    try:
        target.feed([data])
    except Exception as error:
        raise AssertionError(f"{name}, seed {seed}: {error!r} for {data[:300]!r}") from error


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_inputs_are_answered(name: str) -> None:
    assert fed(name, TARGETS[name], 3) >= BATCH


@pytest.mark.parametrize("name", TARGETS)
def test_the_good_inputs_pass(name: str) -> None:
    TARGETS[name].feed(list(TARGETS[name].seeds))


@pytest.mark.soak
@pytest.mark.parametrize("name", TARGETS)
def test_a_million_hostile_inputs_are_answered(name: str) -> None:
    target = TARGETS[name]
    whole = sum(each.share for each in TARGETS.values())
    before = _peak_mb()
    began = time.monotonic()
    count = fed(name, target, int(INPUTS * target.share / whole / BATCH) + 1)
    grown = _peak_mb() - before
    print(f"\n{name}: {count} inputs, {time.monotonic() - began:.0f} s, {grown:.0f} MB more at most")  # noqa: T201
    assert grown < LARGEST_GROWTH_MB


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@settings(max_examples=40, suppress_health_check=QUIET)
@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 2**63))
def test_the_command_line_answers_hostile_files(provider: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        path, rows = Path(folder, "20260801T000000Z_x.json"), Path(folder, "rows.csv")
        path.write_bytes(mutated(SEEDS[provider], seed))
        told = CliRunner().invoke(cli, ["parse", provider, str(path), "--json", "--out", str(rows)])
    assert told.exit_code in (0, 1), told.output
    assert told.exception is None or isinstance(told.exception, SystemExit)
    assert "Traceback" not in told.output
