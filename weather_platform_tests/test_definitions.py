"""The code location: what it holds, how it is described, and that listing it stays cheap."""

import subprocess
import sys
from datetime import UTC, date, datetime

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.base_asset_graph import BaseAssetGraph

from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.roles import ROLE_TAG, TICK_ROLES, tick_role

DESIGNED = {
    "locations",
    *(
        f"{stage}/{name}"
        for stage in ("payloads", "forecasts")
        for name, one in PROVIDERS.items()
        if one.in_sandbox
    ),
    "reconstructed/open_meteo",
    "history/stations",
    "uploads",
    "uploaded_forecasts",
    "uploaded_features",
    "forecasts/uploaded",
    "observations",
    "feed_health",
    "forecast_errors",
    "truth_agreement",
    "forecast_error_sums",
    "features",
    "model/temperature_c",
    "model/wind_speed_m_s",
    "model/precipitation_mm",
    "champions",
    "predictions",
    "error_memory",
    "daily_predictions",
    "outlook",
    "verification",
    "daily_verification",
    "calibration",
    "drift",
    "report",
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> BaseAssetGraph:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    return build(settings).resolve_asset_graph()


def test_the_asset_keys_are_as_designed(graph: BaseAssetGraph) -> None:
    assert {key.to_user_string() for key in graph.get_all_asset_keys()} == DESIGNED


def test_the_code_location_loads_as_the_ui_loads_it() -> None:
    dg.Definitions.validate_loadable(build(Settings()))


def test_every_asset_says_what_it_is(graph: BaseAssetGraph) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        # What comes after a module's first paragraph is for programmers.
        assert "elongs here" not in node.description, key
        assert "\n" not in node.description, key
        assert node.group_name != "default", key
        assert node.owners, key
        assert node.kinds, key
        if key.path[0] not in ("model", "outlook", "report"):  # no tables
            assert node.metadata.get("dagster/column_schema"), key


def test_no_two_assets_say_the_same_of_themselves(graph: BaseAssetGraph) -> None:
    """Those of one stage do, as each provider's and each archive's."""
    texts: dict[str | None, set[str]] = {}
    for key in graph.get_all_asset_keys():
        texts.setdefault(graph.get(key).description, set()).add(key.path[0])
    assert {text: stages for text, stages in texts.items() if len(stages) > 1} == {}


def test_every_resource_says_what_it_is_by_a_name() -> None:
    resources = {
        name: found
        for name, found in build(Settings()).resources.items()
        if isinstance(found, dg.ResourceDefinition)
    }
    assert set(resources) == {"platform", "warehouse"}
    for name, found in resources.items():
        assert found.description, name
        assert found.resource_fn.__name__.isidentifier(), name


def test_every_job_says_what_it_does() -> None:
    settings = Settings(profile="live", archives=("ghcn_hourly", "era5"))
    jobs = build(settings).get_repository_def().get_all_jobs()
    assert len(jobs) >= 16
    assert [job.name for job in jobs if not job.description and not job.name.startswith("__")] == []


@pytest.mark.parametrize(
    ("schedule", "first_day", "partition"),
    [("every_cycle", date(2026, 8, 1), "2026-09-03T18Z"), ("every_day", date(2026, 9, 2), "2026-09-02")],
)
def test_a_schedule_asks_for_one_partition_that_exists(
    schedule: str, first_day: date, partition: str
) -> None:
    definitions = build(Settings(first_day=first_day))
    at = datetime(2026, 9, 3, 18, 15, tzinfo=UTC)
    with (
        dg.DagsterInstance.local_temp() as instance,
        dg.build_schedule_context(
            instance, scheduled_execution_time=at, repository_def=definitions.get_repository_def()
        ) as context,
    ):
        (request,) = definitions.resolve_schedule_def(schedule).evaluate_tick(context).run_requests or []
    assert request.partition_key == partition


@pytest.mark.parametrize("separate", [True, False])
def test_before_the_first_day_no_cycle_is_asked_for(separate: bool) -> None:
    """Found by trying: Dagster knows no such partition, so that each tick before a day to come failed."""
    definitions = build(Settings(first_day=date(2026, 9, 4), separate_roles=separate))
    repository = definitions.get_repository_def()
    cycles = [one for one in repository.schedule_defs if one.name.endswith("_cycle")]
    assert cycles
    with dg.DagsterInstance.local_temp() as instance:
        for schedule in cycles:
            for at, runs in (
                (datetime(2026, 9, 3, 18, 15, tzinfo=UTC), 0),
                (datetime(2026, 9, 4, tzinfo=UTC), 1),
            ):
                with dg.build_schedule_context(
                    instance, scheduled_execution_time=at, repository_def=repository
                ) as context:
                    assert len(schedule.evaluate_tick(context).run_requests or ()) == runs


def test_listing_definitions_imports_nothing_heavy() -> None:
    heavy = ("pandas", "pandera", "ibis", "duckdb", "sklearn", "mlflow", "scipy", "matplotlib", "dagster_gcp")
    code = (
        "import sys, weather_platform.definitions as d; d.defs.resolve_asset_graph(); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout.strip() == "[]"


def test_a_provider_that_nobody_knows_is_named_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"names tarot; known are open_meteo, "):
        build(Settings(providers=("open_meteo", "tarot")))


@pytest.mark.parametrize("separate", [True, False])
def test_every_schedule_and_sensor_of_a_deployment_has_a_role_that_answers_it(separate: bool) -> None:
    settings = Settings(profile="live", separate_roles=separate, archives=("ghcn_hourly", "era5"))
    repository = build(settings).get_repository_def()
    names = {found.name for found in repository.schedule_defs}
    names |= {found.name for found in repository.sensor_defs}
    # Dagster's daemon alone can evaluate them; without one, Cloud Monitoring tells of jobs that failed, and
    # schedules bring everything up to date.
    names -= {"failed_runs", "bring_up_to_date"}
    assert {name for name in names if tick_role(name) is None} == (set() if separate else {"every_cycle"})
    assert (set(TICK_ROLES) <= names) is separate
    for name in names & set(TICK_ROLES):
        known = repository.get_schedule_def(name) if repository.has_schedule_def(name) else None
        job = (known or repository.get_sensor_def(name)).job_name if name != "watch" else None
        assert job is None or repository.get_job(job).tags[ROLE_TAG] == TICK_ROLES[name]


def test_what_keeps_the_platform_current_is_on_from_the_start() -> None:
    repository = build(Settings()).get_repository_def()
    off = [one.name for one in repository.schedule_defs if one.default_status.value != "RUNNING"]
    off += [one.name for one in repository.sensor_defs if one.default_status.value != "RUNNING"]
    assert off == []
