"""`doctor` tells what is not well, with a remedy, hides secrets, and ends as a monitor expects."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
from click.testing import CliRunner
from pydantic import SecretStr

from weather_platform.cli.main import cli
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.schema import conform
from weather_platform.defs.payloads import in_use
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.watch.heartbeat import beat
from weather_platform_tests.platform_fixtures import PERIOD, Lived


def test_an_empty_deployment_is_told_what_to_do_and_is_no_error(fresh: Settings) -> None:
    result = CliRunner().invoke(cli, ["doctor"], obj=fresh)
    assert result.exit_code == 0, result.output
    assert "no forecast was ever kept" in result.output
    assert "→ start `weather-platform ui`" in result.output


def test_a_file_of_places_that_cannot_be_read_is_an_error(fresh: Settings, tmp_path: Path) -> None:
    """All was said to be well, and the next cycle would have failed."""
    settings = fresh.model_copy(update={"locations_file": tmp_path / "none.csv"})
    result = CliRunner().invoke(cli, ["doctor", "--json"], obj=settings)
    assert result.exit_code == 1
    found = {(one["area"], one["subject"]): one for one in json.loads(result.stdout)["findings"]}
    assert found["settings", "places"]["level"] == "error"
    assert str(tmp_path / "none.csv") in found["settings", "places"]["what"]
    assert "WEATHER_LOCATIONS_FILE" in found["settings", "places"]["remedy"]


def test_a_dead_scheduler_is_an_error(lived: Lived) -> None:
    beat(Platform(lived.settings), datetime.now(UTC) - timedelta(hours=2))
    result = CliRunner().invoke(cli, ["doctor", "--json"], obj=lived.settings)
    assert result.exit_code == 1
    found = {(one["area"], one["subject"]): one for one in json.loads(result.stdout)["findings"]}
    assert found["scheduler", "daemon"]["level"] == "error"
    assert "start `weather-platform ui` again" in found["scheduler", "daemon"]["remedy"]
    assert found["freshness", "open_meteo/gfs_seamless"]["level"] == "ok"
    assert found["truth", "observations"]["level"] == "ok"
    assert found["soundness", "feeds"]["level"] == "ok"
    assert found["predictions", "cycles"]["level"] == "ok"


def test_a_feed_that_is_not_believed_is_told_of_with_since_when(lived: Lived, tmp_path: Path) -> None:
    """Only the checks of `feed_health` told it, which nobody opens who asks whether all is well."""
    settings = lived.copied_to(tmp_path)
    warehouse, feed = Platform(settings).warehouse, "open_meteo/gfs_seamless"
    for key in warehouse.keys("feed_health")[-2:]:
        rows = warehouse.read("feed_health", FEED_HEALTH, [key])
        warm = (rows["feed"] == feed) & (rows["variable"] == "temperature_c")
        off = rows.assign(
            verdict=rows["verdict"].mask(warm, "off"), reason=rows["reason"].mask(warm, "+38.2")
        )
        warehouse.replace("feed_health", FEED_HEALTH, off, [key])
    output = " ".join(CliRunner().invoke(cli, ["doctor"], obj=settings).output.split())
    assert (
        f"warning soundness {feed} temperature_c +38.2, since {CYCLE.key(PERIOD.end - CYCLE.length * 2)} "
        in output
    )
    assert "→ predictions go on without it. Has a unit" in output


def test_a_provider_that_covers_no_place_is_not_late(fresh: Settings) -> None:
    """Found missing: NWS was late for ever wherever there was no place in the United States."""
    warehouse = Platform(fresh).warehouse
    panel = pd.DataFrame(
        {
            "location_id": ["oslo"],
            "latitude": [59.9],
            "longitude": [10.7],
            "country": ["NO"],
        }
    )
    warehouse.replace("locations", LOCATIONS, conform(panel, LOCATIONS), None)
    result = CliRunner().invoke(cli, ["doctor", "--json"], obj=fresh)
    found = {one["subject"]: one for one in json.loads(result.stdout)["findings"]}
    assert (found["nws/blend"]["level"], found["met_norway/blend"]["level"]) == ("ok", "warning")
    assert found["nws/blend"]["what"] == "not asked: it covers none of the places"


def test_what_looks_hourly_is_judged_by_the_hour_wherever_it_is_judged(lived: Lived) -> None:
    hourly = Platform(lived.settings.model_copy(update={"watch_interval": timedelta(hours=1)}))
    beat(hourly, datetime.now(UTC) - timedelta(hours=2))
    result = CliRunner().invoke(cli, ["doctor", "--json"], obj=lived.settings)
    found = {one["area"]: one for one in json.loads(result.stdout)["findings"]}
    assert found["scheduler"]["level"] == "ok"


def test_secrets_are_stars(fresh: Settings) -> None:
    secret = fresh.model_copy(
        update={"weatherapi_key": SecretStr("pl4nted"), "alert_webhook": SecretStr("http://h/pl4nted")}
    )
    for options in ([], ["--json"]):
        result = CliRunner().invoke(cli, ["doctor", *options], obj=secret)
        assert "weatherapi_key".upper() in result.output.upper()
        assert "pl4nted" not in result.output


def test_names_are_shown_as_they_are(fresh: Settings, tmp_path: Path) -> None:
    """Found by trying: a folder whose name reads as an end of markup ended `doctor` with a traceback."""
    folder = tmp_path / "a[/b]"
    folder.mkdir(parents=True)
    result = CliRunner().invoke(cli, ["doctor"], obj=fresh.model_copy(update={"data_dir": folder}))
    assert result.exit_code == 0, result.output
    assert f"{folder} " in result.output


def test_a_sandbox_is_told_who_is_not_simulated(fresh: Settings) -> None:
    settings = fresh.model_copy(update={"providers": ()})
    assert "brightsky" not in {provider.name for provider in in_use(settings)}
    result = CliRunner().invoke(cli, ["doctor", "--json"], obj=settings)
    found = {one["subject"]: one for one in json.loads(result.stdout)["findings"]}
    assert found["brightsky"]["level"] == "ok"
    assert "Bright Sky is not simulated; WEATHER_PROFILE=live asks it" in found["brightsky"]["what"]


def test_a_live_deployment_is_told_who_is_not_asked(fresh: Settings) -> None:
    live = fresh.model_copy(update={"profile": "live"})
    output = CliRunner().invoke(cli, ["doctor"], obj=live).output
    assert "set WEATHER_OPENWEATHERMAP_KEY" in output
    assert "set WEATHER_CONTACT" in output


def test_a_store_that_does_not_answer_is_the_only_finding_that_matters(
    fresh: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("a file where the folder should be")
    elsewhere = fresh.model_copy(update={"data_dir": tmp_path / "file"})
    result = CliRunner().invoke(cli, ["doctor"], obj=elsewhere)
    assert result.exit_code == 1
    assert "does not answer" in result.output
    assert "Traceback" not in result.output
