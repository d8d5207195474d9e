"""Every way in which a provider misbehaves, through the whole cycle: what is said, and what goes on.

The rows of the table of docs/reliability.md are these tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import httpx
import pytest

from weather_platform.core.contracts.errors import ERROR_SUM, FORECAST_ERROR
from weather_platform.core.contracts.forecast import FORECAST, QUARANTINE
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.trust.unsound import unsound
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.sandbox.launch import start
from weather_platform.sandbox.scenarios import SCENARIOS
from weather_platform_tests.platform_fixtures import SILENT, checks, definitions_for, deployment, run_job
from weather_platform_tests.registry_fixtures import RegistryIn

# Eight days in which no provider of the sandbox has an outage of its own.
FIRST = datetime(2026, 10, 13, tzinfo=UTC)
ILL = "met_norway"
FEED = f"{ILL}/blend"
WELL = PROVIDERS[ILL]


@dataclass(frozen=True)
class Outcome:
    """How many of three places the feed still tells of, what its temperature is judged to be, whether
    requests stay unanswered, and whether anything goes to quarantine.
    """

    places: int
    verdict: str
    unanswered: bool = False
    set_aside: bool = False


UNANSWERED = Outcome(0, "absent", unanswered=True)
UNREADABLE = Outcome(0, "absent", set_aside=True)
OUTCOMES = {
    **dict.fromkeys(("down", "slow", "drip", "error_500", "too_many", "retry_after", "refused"), UNANSWERED),
    **dict.fromkeys(("redirect", "html", "empty", "huge", "bomb"), UNANSWERED),
    **dict.fromkeys(("truncated", "wrong_place"), UNREADABLE),
    "flapping": Outcome(2, "sound", unanswered=True),
    "stale": Outcome(3, "stale"),
    "new_keys": Outcome(3, "sound"),
    "text_numbers": Outcome(3, "sound"),
    "missing_keys": Outcome(3, "absent"),
    "renamed_keys": Outcome(3, "absent"),
    "nulls": Outcome(0, "absent"),
    "swapped": Outcome(3, "absent", set_aside=True),
    "units": Outcome(3, "off", set_aside=True),
}


@dataclass(frozen=True)
class Week:
    """A deployment in which each scenario had a cycle of its own, and those whose fetch warned."""

    platform: Platform
    cycle: dict[str, str]
    unanswered: set[str]


@pytest.fixture(scope="module")
def week(
    tmp_path_factory: pytest.TempPathFactory, places_file: Path, registry_in: RegistryIn
) -> Iterator[Week]:
    """A day without a fault (what is stale repeats it), then one scenario a cycle, then all downstream."""
    names = ["stale", *(name for name in OUTCOMES if name != "stale")]
    keys = CYCLE.keys(FIRST, FIRST + CYCLE.length * (4 + len(names)))
    cycle = dict(zip(names, keys[4:], strict=True))
    with pytest.MonkeyPatch.context() as patch, start(places_file) as sandbox:
        data = registry_in(tmp_path_factory.mktemp("week") / "data")
        settings = deployment(data, places_file, sandbox.url).model_copy(update={"first_day": FIRST.date()})
        run_job(settings, "read_locations")
        fetch(settings, ["open_meteo", "nws"], keys)
        fetch(settings, [ILL], keys[:4])
        unanswered = set()
        for name, key in cycle.items():
            seconds = {"seconds": 0.05} if SCENARIOS[name].seconds else {}
            quick = 0.02 if seconds else WELL.timeout_seconds
            patch.setitem(PROVIDERS, ILL, replace(WELL, timeout_seconds=quick, concurrency=1))
            fault = {"provider": ILL, "kind": name, **seconds}
            httpx.post(f"{sandbox.url}/faults", json=fault).raise_for_status()
            unanswered |= {name for complete in fetch(settings, [ILL], [key]).values() if not complete}
        for job in ("parse", "build_features", "predict"):
            assert run_job(settings, job, keys).success
        yield Week(Platform(settings), cycle, unanswered)


def fetch(settings: Settings, providers: list[str], keys: list[str]) -> dict[str, bool]:
    """Ask only these providers; which checks passed."""
    job = definitions_for(settings).resolve_job_def("fetch")
    selection = [dg.AssetKey(["payloads", name]) for name in providers]
    span = {"start": keys[0], "end": keys[-1]}
    tags = {f"dagster/asset_partition_range_{end}": key for end, key in span.items()}
    return checks(job.execute_in_process(run_config=SILENT, tags=tags, asset_selection=selection))


def test_every_scenario_is_told_of() -> None:
    assert set(OUTCOMES) == set(SCENARIOS)


@pytest.mark.parametrize("kind", OUTCOMES)
def test_a_fault_is_seen_and_everything_else_goes_on(kind: str, week: Week) -> None:
    expected, key, warehouse = OUTCOMES[kind], week.cycle[kind], week.platform.warehouse
    assert (kind in week.unanswered) == expected.unanswered
    aside = warehouse.read(f"quarantine/forecasts/{ILL}", QUARANTINE, [key])
    assert (len(aside) > 0) == expected.set_aside
    told = warehouse.read(f"forecasts/{ILL}", FORECAST, [key])
    assert told["location_id"].nunique() == expected.places

    health = warehouse.read("feed_health", FEED_HEALTH, [key]).set_index(["feed", "variable"])
    assert health.loc[(FEED, "temperature_c"), "verdict"] == expected.verdict
    shown = unsound(health.reset_index())
    assert (FEED in set(shown["feed"])) == (expected.verdict != "sound")
    assert set(shown["feed"]) <= {FEED}  # nobody else is blamed

    predicted = warehouse.read("predictions", PREDICTION, [key])
    assert predicted.groupby("variable")["location_id"].nunique().to_dict() == dict.fromkeys(
        DEFAULT_TARGETS, 3
    )
    warm = predicted[predicted["variable"] == "temperature_c"].groupby("location_id")["feeds_present"].max()
    believed = set(told["location_id"]) if expected.verdict == "sound" else set()
    most = {"denver": 4, "miami": 4, "kathmandu": 3}
    assert warm.to_dict() == {place: most[place] + (place in believed) for place in most}


def test_what_is_not_believed_teaches_nothing(week: Week) -> None:
    """A day of °F would otherwise be a bias of one and a half kelvin for the month that follows."""
    settings = week.platform.settings
    day = CYCLE.start(week.cycle["units"])
    run_job(settings, "truth", [DAY.key(day)])
    pairs = week.platform.warehouse.read("forecast_errors", FORECAST_ERROR, [DAY.key(day)])
    wrong = pairs[(pairs["feed"] == FEED) & (pairs["variable"] == "temperature_c")]
    assert wrong["error"].abs().max() > 20  # it stays on record
    sums = week.platform.warehouse.read("forecast_error_sums", ERROR_SUM, [DAY.key(day)])
    learnt = sums[(sums["feed"] == FEED) & (sums["variable"] == "temperature_c")]
    assert (learnt["absolute_error_sum"] / learnt["n"]).max() < 10
