"""Where fetching and answering are apart: a cycle that was answered before it was fetched is answered
again.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import dagster as dg
import pytest

from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings

AT = datetime(2026, 9, 3, 18, 45, tzinfo=UTC)
NOW = "2026-09-03T18Z"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp() as found:
        yield found


def made(instance: dg.DagsterInstance, stage: str, cycle: str, provider: str = "met_norway") -> None:
    key = dg.AssetKey([stage, provider])
    instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=cycle))


def asked(
    instance: dg.DagsterInstance, first: date = date(2026, 8, 1), name: str = "answer_cycle"
) -> list[str]:
    definitions = build(Settings(first_day=first, separate_roles=True))
    repository = definitions.get_repository_def()
    with dg.build_schedule_context(
        instance, scheduled_execution_time=AT, repository_def=repository
    ) as context:
        requests = definitions.resolve_schedule_def(name).evaluate_tick(context).run_requests or []
    assert len({request.run_key for request in requests}) == len(requests)
    return [str(request.partition_key) for request in requests]


def test_a_cycle_whose_replies_came_after_its_answer_is_answered_again_with_the_next(
    instance: dg.DagsterInstance,
) -> None:
    """Found by reading: after an outage ticks are tried apart, and its replies were parsed by nobody."""
    for cycle in ("2026-09-03T00Z", "2026-09-03T12Z"):
        made(instance, "payloads", cycle)
        made(instance, "forecasts", cycle)
    made(instance, "forecasts", "2026-09-03T06Z", "nws")  # of which no reply ever came
    assert asked(instance) == [NOW]
    made(instance, "payloads", "2026-09-03T06Z", "open_meteo")
    made(instance, "forecasts", "2026-09-03T06Z")
    made(instance, "payloads", "2026-09-03T06Z")
    assert asked(instance) == [NOW, "2026-09-03T06Z"]
    assert asked(instance, name="fetch_cycle") == [NOW]
    made(instance, "forecasts", "2026-09-03T06Z")
    assert asked(instance) == [NOW]


def test_older_cycles_and_those_before_the_first_day_are_left_as_they_are(
    instance: dg.DagsterInstance,
) -> None:
    for cycle in ("2026-09-02T12Z", "2026-09-02T18Z"):
        made(instance, "forecasts", cycle)
        made(instance, "payloads", cycle)
    assert asked(instance) == [NOW, "2026-09-02T18Z"]
    assert asked(instance, first=date(2026, 9, 3)) == [NOW]
