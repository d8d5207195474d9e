"""Facts are looked for where they are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.health.finding import Level, news
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.tables.schema import conform, empty
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.google.errors import MissingRoleError
from weather_platform.infra.platform import Platform
from weather_platform.infra.watch.heartbeat import Untold
from weather_platform.infra.watch.vitals import disk, feeds, look
from weather_platform_tests.core.fetching.test_payloads import meta_of
from weather_platform_tests.infra.watch.test_newest import made


def test_a_look_is_at_all_that_a_deployment_stands_on(fresh: Settings) -> None:
    platform, now = Platform(fresh.model_copy(update={"profile": "live"})), datetime.now(UTC)
    untold = [Untold("mail", 1, now, "the mail server did not take it: OSError")]
    found = look(platform, [PROVIDERS["open_meteo"]], now, alive=True, untold=untold)
    assert found.whole
    subjects = [one.key for one in found.findings if one.area != "freshness"]
    stores = [f"storage/{name}" for name in ("published", "objects", "warehouse", "mlflow")]
    disks = [f"disk/{fresh.data_dir.resolve()}"]
    data = [
        "soundness/feeds",
        "predictions/cycles",
        "truth/observations",
        "truth/drop_box",
        "truth/upload_records",
    ]
    models = [f"model/{name}" for name in fresh.targets]
    watched = ["scheduler/daemon", "alerts/mail"]
    assert subjects == [*stores, *disks, *watched, *data, "quota/open_meteo", *models]
    feeds = [one.subject for one in found.findings if one.area == "freshness"]
    assert feeds == list(map(PROVIDERS["open_meteo"].feed, PROVIDERS["open_meteo"].models))


def test_a_store_that_does_not_answer_is_told_with_the_role_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading: of a missing role the kind of the error alone was told; and by trying: of a table's
    folder that is a file it was said that it answers.
    """
    platform = Platform(Settings(data_dir=tmp_path))
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "observations").write_text("")

    def told() -> str:
        found = look(platform, [], datetime.now(UTC))
        assert not found.whole
        assert {one.area for one in found.findings} == {"storage"}
        return next(one.what for one in found.findings if one.key == "storage/warehouse")

    assert told() == "does not answer: NotADirectoryError"

    def refused(_table: str) -> list[str]:
        raise MissingRoleError("query of p.weather: grant it roles/bigquery.jobUser")

    monkeypatch.setattr(platform.warehouse, "keys", refused)
    assert told() == "query of p.weather: grant it roles/bigquery.jobUser"


def test_a_file_that_cannot_be_read_is_told_and_all_else_is_looked_at(fresh: Settings) -> None:
    """Found by trying: of one damaged file every look ended in an error, so that nobody was told of anything
    while the scheduler said that it lives.
    """
    platform, now = Platform(fresh.model_copy(update={"profile": "live"})), datetime.now(UTC)
    providers = [PROVIDERS["nws"], PROVIDERS["met_norway"]]
    platform.warehouse.replace("forecasts/nws", FORECAST, empty(FORECAST), [CYCLE.key(now)])
    good = look(platform, providers, now)
    (fresh.data_dir / "warehouse" / "forecasts" / "nws" / f"{CYCLE.key(now)}.parquet").write_bytes(b"")
    found = look(platform, providers, now)
    assert (good.whole, found.whole) == (True, False)
    known = {one.key: one for one in found.findings}
    assert {one.key for one in good.findings} - known.keys() == {"freshness/nws/blend"}
    told = known["storage/forecasts/nws"]
    assert told.level is Level.ERROR
    assert "cannot be read as Parquet" in told.what and "materialize the partition again" in told.what
    # What was bad of it stays so, and what got well of all else is told.
    before = {"freshness/nws/blend": 1, "soundness/feeds": 1}
    assert news(before, found).over == ("soundness/feeds",)


def test_in_the_sandbox_who_lags_behind_another_provider_is_late(fresh: Settings) -> None:
    """The simulator's weather ends with the newest cycle that was fetched of any."""
    platform, providers = Platform(fresh), [PROVIDERS["nws"], PROVIDERS["met_norway"]]
    now = CYCLE.floor(datetime.now(UTC))
    made(platform, "forecasts/nws", FORECAST, [CYCLE.key(now)], now)
    old = now - 5 * CYCLE.length
    rows = platform.warehouse.read("forecasts/nws", FORECAST).assign(feed="met_norway/blend", cycle=old)
    platform.warehouse.replace("forecasts/met_norway", FORECAST, conform(rows, FORECAST), [CYCLE.key(old)])
    found = {one.key: one for one in look(platform, providers, now).findings}
    assert found["freshness/nws/blend"].level is Level.OK
    assert "missed" in found["freshness/met_norway/blend"].what
    later = look(platform, providers, now + timedelta(days=30)).findings
    assert next(one for one in later if one.key == "freshness/nws/blend").level is Level.OK


def test_who_covers_some_of_the_places_is_waited_for(fresh: Settings) -> None:
    platform, now = Platform(fresh.model_copy(update={"profile": "live"})), datetime.now(UTC)

    def told(countries: list[str]) -> bool:
        """Whether nws is said to cover none."""
        places = pd.DataFrame({"location_id": countries, "country": countries}).assign(
            latitude=40.0, longitude=-90.0
        )
        platform.warehouse.replace("locations", LOCATIONS, places, None)
        (found,) = feeds(platform, [PROVIDERS["nws"]], now)
        return "covers none" in found.what

    assert [told(["CH"]), told(["CH", "US"])] == [True, False]


def test_what_is_spent_is_counted_in_each_window_that_it_lies_in(fresh: Settings) -> None:
    platform, now = Platform(fresh.model_copy(update={"profile": "live"})), datetime.now(UTC)
    for hours, calls in ((0.5, 500.0), (2, 1_500.0), (48, 28_000.0)):
        at = now - timedelta(hours=hours)
        meta = replace(meta_of(b""), cycle=CYCLE.floor(at), request=f"batch-{hours}", fetched_at=at)
        platform.payloads.save(replace(meta, quota_weight=calls), b"")
    found = {one.area: one for one in look(platform, [PROVIDERS["open_meteo"]], now).findings}
    assert found["quota"].what == "minute 0%, hour 10%, day 20%, month 10% spent"
    found = {one.area: one for one in look(Platform(fresh), [PROVIDERS["open_meteo"]], now).findings}
    assert "spent" not in found["quota"].what  # the sandbox costs nobody anything


def test_the_disk_is_the_data_folders_where_there_is_one(tmp_path: Path) -> None:
    """Found by reading: on Google Cloud a container's memory was taken for it, which is never 5 GB free."""
    (found,) = disk(Platform(Settings(data_dir=tmp_path)))
    assert (found.area, found.subject) == ("disk", str(tmp_path))
    assert list(disk(Platform(Settings(data_dir=tmp_path / "none")))) == []
    cloud = Settings(profile="gcp", gcp_project="p", bucket="b", data_dir=tmp_path)
    assert list(disk(Platform(cloud))) == []
