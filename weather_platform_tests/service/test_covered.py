"""Files that are dropped together share one job, and none is left behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.service.ledger import Claim, Ledger
from weather_platform.service.worker import Worker
from weather_platform_tests.postgres_fixtures import query
from weather_platform_tests.service.conftest import Caller
from weather_platform_tests.service.events import pushed

SENSOR = "new_uploads"
AT = datetime(2026, 9, 3, 18, 15, tzinfo=UTC)


@pytest.fixture
def ledger(database: str) -> Ledger:
    return Ledger(SecretStr(database))


def test_what_comes_before_the_worker_begins_is_covered_and_what_comes_after_starts_the_next(
    ledger: Ledger,
) -> None:
    assert ledger.claim("a", SENSOR) is Claim.OURS
    # It may fail to start: nothing is covered by it, and nothing of the second is noted.
    assert ledger.claim("b", SENSOR) is Claim.UNDER_WAY
    ledger.started("a", "run-1")
    assert ledger.claim("b", SENSOR) is Claim.COVERED
    assert ledger.claim("b", SENSOR) is Claim.STARTED
    assert ledger.claim("tick") is Claim.OURS, "ticks share nothing"
    assert ledger.claim("other", "retraining") is Claim.OURS, "nor do other sensors"
    ledger.begun("retraining")
    assert ledger.claim("c", SENSOR) is Claim.COVERED
    ledger.begun(SENSOR)
    assert ledger.claim("d", SENSOR) is Claim.OURS


def test_a_claim_that_is_taken_over_is_not_covered_by_itself_nor_covers_others_once_it_is_covered(
    ledger: Ledger, database: str
) -> None:
    ledger.claim("a", SENSOR)
    query(database, "UPDATE weather_events SET claimed_at = now() - interval '3 minutes'")
    assert ledger.claim("a", SENSOR) is Claim.OURS
    assert ledger.claim("a", SENSOR) is Claim.UNDER_WAY, "it has a lease of its own"
    query(database, "UPDATE weather_events SET claimed_at = now() - interval '3 minutes'")
    assert ledger.claim("b", SENSOR) is Claim.OURS
    ledger.started("b", "run-1")
    assert ledger.claim("a", SENSOR) is Claim.COVERED
    over = "UPDATE weather_events SET claimed_at = now() - interval '11 minutes' WHERE key = 'b'"
    query(database, over)  # its worker never began
    assert ledger.claim("c", SENSOR) is Claim.OURS


def test_a_worker_that_begins_before_its_start_is_noted_covers_nothing(ledger: Ledger) -> None:
    ledger.claim("a", SENSOR)
    ledger.begun(SENSOR)
    ledger.started("a", "run-1")
    assert ledger.claim("b", SENSOR) is Claim.OURS


def test_a_job_that_could_not_be_started_covers_nothing(ledger: Ledger) -> None:
    ledger.claim("a", SENSOR)
    ledger.released("a")
    assert ledger.claim("b", SENSOR) is Claim.OURS


@pytest.mark.parametrize("dead", ["lease_seconds", "cover_seconds"])
def test_a_service_or_a_worker_that_died_covers_for_a_while_alone(
    ledger: Ledger, database: str, dead: str
) -> None:
    ledger.claim("a", SENSOR)
    if dead == "cover_seconds":
        ledger.started("a", "run-1")
    later = Ledger(SecretStr(database), **{dead: 0})
    assert later.claim("b", SENSOR) is Claim.OURS
    # Covered things cover nothing: else the worker that never began would do so for ever.
    later.started("b", "run-2")
    assert ledger.claim("c", SENSOR) is Claim.COVERED
    ledger.begun(SENSOR)
    assert ledger.claim("d", SENSOR) is Claim.OURS


def test_a_hundred_files_dropped_at_once_start_one_job_and_one_dropped_later_another(
    service: Caller, postgres: str
) -> None:
    ledger = Ledger(SecretStr(f"{postgres}/service"))
    ledger.begun(SENSOR)
    before = len(service.google.started)

    def drop(number: int) -> str:
        body = pushed(f"observations/many-{number}.csv", f"many-{number}")
        while (answer := service.push(body)).status_code == 503:  # Pub/Sub delivers it again
            pass
        return str(answer.json()["status"])

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(drop, range(100)))
    assert sorted(statuses) == ["covered"] * 99 + ["started"]
    assert len(service.google.started) - before == 1
    ledger.begun(SENSOR)
    assert [drop(number) for number in (100, 101)] == ["started", "covered"]


def test_a_file_that_comes_while_the_worker_looks_starts_another(database: str, tmp_path: Path) -> None:
    ledger, claims = Ledger(SecretStr(database)), []
    ledger.claim("a", "look")
    ledger.started("a", "run-1")
    definitions = _looking(lambda: claims.append(ledger.claim("b", "look")))
    settings = Settings(data_dir=tmp_path, postgres_url=SecretStr(database))
    with dg.instance_for_test() as instance:
        assert list(Worker(settings, definitions, instance).tick("look", AT)) == []
    assert claims == [Claim.OURS]


def _looking(look: Callable[[], None]) -> dg.Definitions:
    """A sensor that looks and finds nothing."""

    @dg.op
    def nothing() -> None: ...

    @dg.job
    def idle() -> None:
        nothing()

    @dg.sensor(name="look", job=idle)
    def sensor() -> dg.SkipReason:
        look()
        return dg.SkipReason("nothing new")

    return dg.Definitions(jobs=[idle], sensors=[sensor])
