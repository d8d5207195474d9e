"""The daily schedule over weeks of an injected clock, with an archive that answers days after the fact."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import dagster as dg
import pytest
from dagster._core.test_utils import freeze_time

from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.partitions import DAY
from weather_platform.definitions import build
from weather_platform.defs import archives
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.platform import Platform
from weather_platform_tests.platform_fixtures import FIRST, SILENT, run_job
from weather_platform_tests.recording_proxy import recording

TICKS = [FIRST + timedelta(days=day, hours=7, minutes=30) for day in range(1, 13)]
OUTAGE = TICKS[8:10]
SETTLES = timedelta(days=6)  # from a day's start: it ends, and five days go by


class Living:
    """A deployment whose schedule is asked at a time of the clock, and whose truth is made as it says."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance, clock: list[datetime]) -> None:
        self.settings, self.instance, self.clock = settings, instance, clock
        job = dg.define_asset_job("ask", dg.AssetSelection.key_prefixes("history"))
        self.definitions = dg.Definitions.merge(build(settings), dg.Definitions(jobs=[job]))
        self.job = self.definitions.resolve_job_def("ask")

    def requests(self, at: datetime) -> list[str]:
        with dg.build_schedule_context(
            self.instance, scheduled_execution_time=at, repository_def=self.definitions.get_repository_def()
        ) as context:
            found = (
                self.definitions.resolve_schedule_def("every_day").evaluate_tick(context).run_requests or []
            )
        assert len({request.run_key for request in found}) == len(found)
        return [str(request.partition_key) for request in found]

    def tick(self, at: datetime) -> list[str]:
        self.clock[:] = [at]
        with freeze_time(at):
            days = self.requests(at)
            for day in days:
                assert self.job.execute_in_process(
                    instance=self.instance, partition_key=day, run_config=SILENT
                ).success
        return days


@pytest.fixture
def living(fresh: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Living]:
    clock = [FIRST]
    monkeypatch.setattr(Platform, "now", lambda _platform, _cycle: clock[0])
    settings = fresh.model_copy(update={"archives": ("open_meteo_archive",)})
    run_job(settings, "read_locations")
    with instance(settings) as opened:
        yield Living(settings, opened, clock)


def test_every_day_is_asked_for_when_it_can_be_had_and_never_again(
    living: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_at: dict[str, datetime] = {}
    with recording(str(living.settings.sandbox_url)) as (url, asked):
        through = Living(
            living.settings.model_copy(update={"sandbox_url": url}), living.instance, living.clock
        )
        for at in TICKS:
            if at in OUTAGE:
                continue
            before = len(asked)
            days = through.tick(at)
            assert DAY.key(at - timedelta(days=1)) in days
            new = [parse_qs(urlsplit(str(path)).query)["start_date"][0] for path in asked[before:]]
            assert not set(new) & set(asked_at) and len(new) == len(set(new))
            asked_at |= dict.fromkeys(new, at)
    open_ticks = [at for at in TICKS if at not in OUTAGE]
    settled = [day for day in map(DAY.start, DAY.keys(FIRST, TICKS[-1])) if day + SETTLES <= TICKS[-1]]
    assert asked_at == {DAY.key(day): next(at for at in open_ticks if at >= day + SETTLES) for day in settled}
    truth = Platform(living.settings).warehouse.read("history/open_meteo_archive", OBSERVATION)
    assert (truth.groupby(truth["time"].dt.floor("D")).size() == 24 * 3).all()
    assert [day.to_pydatetime() for day in sorted(truth["time"].dt.floor("D").unique())] == settled


def test_a_day_that_the_archive_did_not_answer_for_is_asked_for_until_it_does(living: Living) -> None:
    at = FIRST + SETTLES + timedelta(hours=7, minutes=30)
    dead = living.settings.model_copy(update={"sandbox_url": "http://127.0.0.1:9"})
    first = DAY.key(FIRST)
    assert first in Living(dead, living.instance, living.clock).tick(at)
    next_day = at + timedelta(days=1)
    assert first in living.tick(next_day)
    assert first not in living.requests(next_day + timedelta(days=1))


def test_every_truth_that_is_used_says_how_long_it_takes() -> None:
    settings = Settings(profile="live", archives=("ghcn_hourly", "era5", "open_meteo_archive", "gsod"))
    assets = build(settings).resolve_asset_graph().get_all_asset_keys()
    assert set(archives.settled(settings)) == {key for key in assets if key.path[0] == "history"}
    assert archives.settled(settings)[dg.AssetKey(["history", "ghcn_hourly"])] == timedelta(days=2)


def test_the_run_that_is_asked_for_makes_all_that_follows_from_truth() -> None:
    definitions = build(Settings(profile="live"))
    made = definitions.resolve_job_def("day").asset_layer.executable_asset_keys
    follows = "observations forecast_errors truth_agreement forecast_error_sums verification"
    follows += " calibration error_memory daily_verification drift report"
    assert {key.to_user_string() for key in made} == {"history/open_meteo_archive", *follows.split()}
