"""Files from the drop box and the command line through the sensor to tables, as the daemon does it."""

import io
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pandas as pd
from click.testing import CliRunner
from PIL import Image

from weather_platform.cli.main import cli
from weather_platform.core.contracts.errors import FORECAST_ERROR
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.core.contracts.uploads import FEATURE
from weather_platform.core.partitions import CYCLE
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.watch.vitals import look
from weather_platform_tests.defs.dropped import DAY_KEY, MAPPING, Deployment, table
from weather_platform_tests.platform_fixtures import checks, run_job
from weather_platform_tests.replies import encoded, open_meteo

ROWS = (
    f"time,place,temp\n{DAY_KEY} 00:00,denver,20.5\n{DAY_KEY} 01:00,denver,hot\n{DAY_KEY} 02:00,miami,999\n"
)


def import_observations(settings: Settings, folder: Path, rows: str) -> None:
    (folder / "obs.csv").write_text(rows)
    (folder / "m.yaml").write_text(MAPPING)
    arguments = ["import", "observations", str(folder / "obs.csv"), "--mapping", str(folder / "m.yaml")]
    result = CliRunner().invoke(cli, arguments, obj=settings)
    assert result.exit_code == 0, result.output


def test_a_file_is_read_once_and_its_rows_become_truth(deployment: Deployment, tmp_path: Path) -> None:
    import_observations(deployment.settings, tmp_path, ROWS)
    (read,) = deployment.settle()
    assert checks(read) == {
        "uploads:contract": True,
        "uploads:readable": True,
        "uploads:nothing_set_aside": False,
    }
    import_observations(deployment.settings, tmp_path, ROWS)
    assert not deployment.tick()
    assert sorted(deployment.rejected["value"]) == ["999", "hot"]
    run_job(deployment.settings, "truth", [DAY_KEY], deployment.instance)
    truth = Platform(deployment.settings).warehouse.read("observations", RECONCILED, [DAY_KEY])
    mine = truth[truth["source"] == "mine"]
    assert mine[["location_id", "time", "temperature_c"]].to_numpy().tolist() == [
        ["denver", pd.Timestamp(f"{DAY_KEY}T00Z"), 20.5]
    ]
    assert set(truth["source"]) == {"mine", "stations"}
    import_observations(deployment.settings, tmp_path, table(21))
    deployment.settle()
    assert deployment.rows == [["denver", 21]] and deployment.rejected.empty


def test_a_corrected_file_replaces_and_the_same_content_changes_nothing(deployment: Deployment) -> None:
    deployment.drop(a=table(1, 2), b=table(3, place="miami"))
    (request,) = deployment.tick()
    deployment.run(request)
    assert deployment.rows == [["denver", 1], ["denver", 2], ["miami", 3]]
    deployment.drop(a=table(1, 2), copy=table(3, place="miami"))
    deployment.settle()
    assert deployment.rows == [["denver", 1], ["denver", 2], ["miami", 3]]
    deployment.drop(a=table(9))
    deployment.settle()
    assert deployment.rows == [["denver", 9], ["miami", 3]]
    deployment.put("mapping.yaml", MAPPING.replace("°C", "K"))
    deployment.drop(a=table(273.15))
    deployment.settle()
    assert ["denver", 0] in deployment.rows and len(deployment.rejected) == 1, "3 K is no weather"


def test_a_bad_file_fails_its_check_and_blocks_nothing(deployment: Deployment) -> None:
    deployment.drop(good=table(1))
    deployment.settle()
    deployment.drop(bad="place,temp\nx,1\n", good=table(2), good2=table(3, place="miami"))
    (read,) = deployment.settle()
    assert read.success
    assert checks(read)["uploads:readable"] is False
    (bad,) = [found for found in read.get_asset_check_evaluations() if found.check_name == "readable"]
    assert "cannot be read: drop_box/bad.csv: no column 'time'" in str(bad.description)
    assert checks(read)["uploads:nothing_set_aside"] is True, "no row was read of it"
    made = [event.materialization.metadata for event in read.get_asset_materialization_events()]
    told = {
        str(one["file"].value): str(one["cannot_be_read"].value) for one in made if "cannot_be_read" in one
    }
    assert list(told) == ["drop_box/bad.csv"]
    assert "no column 'time'" in told["drop_box/bad.csv"]
    assert {one["rows_set_aside_of_run"].value for one in made} == {0}
    found = {one.subject: one for one in look(Platform(deployment.settings), [], datetime.now(UTC)).findings}
    assert found["drop_box"].what == "cannot be read: drop_box/bad.csv"
    assert deployment.rows == [["denver", 2], ["miami", 3]]
    (fault,) = deployment.rejected.itertuples()
    assert fault.row == -1 and "no column 'time'" in fault.reason
    deployment.drop(other=table(4, place="kathmandu"))
    assert checks(deployment.settle()[-1])["uploads:readable"] is False, "it is still bad"
    deployment.drop(good="\x00")
    deployment.settle()
    assert ["denver", 2] in deployment.rows, "what cannot be read replaces nothing"
    deployment.drop(bad=table(5), good=table(6, 7))
    assert checks(deployment.settle()[-1])["uploads:readable"] is True
    assert deployment.rows == [["denver", 5], ["denver", 6], ["denver", 7], ["kathmandu", 4], ["miami", 3]]
    assert deployment.rejected.empty


def test_each_upload_tells_its_file_its_rows_and_rows_of_places_that_nobody_forecasts(
    deployment: Deployment,
) -> None:
    deployment.put("north/x.csv", table(1, 2))
    deployment.put("south/x.csv", table(3, place="nowhere"))
    forecast = "fetched_at,valid_time,location_id,temperature_c\n"
    forecast += f"{DAY_KEY}T00:00Z,{DAY_KEY}T06:00Z,denver,1\n"
    deployment.put("forecasts/mine/v1/x.csv", forecast)
    (read,) = deployment.settle()
    assert checks(read)["uploads:nothing_set_aside"] is False
    told: dict[str, dict[object, object]] = {"uploads": {}, "uploaded_forecasts": {}}
    for event in read.get_asset_materialization_events():
        made = event.materialization
        if (asset := made.asset_key.to_user_string()) in told:
            told[asset][made.metadata["file"].value] = made.metadata["rows_of_this_file"].value
            assert (
                asset == "uploaded_forecasts"
                or "1 row of places that are not in the panel: nowhere"
                in str(made.metadata["uploads_of_run"].value)
            )
    names = [f"drop_box/{name}/x.csv" for name in ("forecasts/mine/v1", "north", "south")]
    assert told["uploads"] == dict(zip(names, (0, 2, 1), strict=True))
    assert told["uploaded_forecasts"] == dict(zip(names, (1, 0, 0), strict=True))


def test_what_is_from_before_the_first_day_is_told_since_nothing_is_made_of_it(
    deployment: Deployment,
) -> None:
    """Found by reading: rows of years before it were taken in, and used by nothing, without a word."""
    deployment.put("early.csv", table(1, 2).replace(f"{DAY_KEY} 01", "2026-07-30 23"))
    row = "denver,2026-07-31T05:00Z,2026-07-31T06:00Z,1\n"
    deployment.put("forecasts/mine/v1/x.csv", f"location_id,fetched_at,valid_time,temperature_c\n{row}")
    reply = encoded(open_meteo(39.7392, -104.9847, hours=12))
    deployment.put("replies/open_meteo/20260729T010000Z_denver.json", reply)
    (read,) = deployment.settle()
    (check,) = (e for e in read.get_asset_check_evaluations() if e.check_name == "nothing_set_aside")
    told = str(check.metadata["before_the_first_day"].value)
    assert not check.passed
    assert "of the rows 1 of 2 are from before WEATHER_FIRST_DAY (2026-08-01)" in told
    assert all(f"set it to {day} or earlier" in told for day in ("2026-07-30", "2026-07-31", "2026-07-29"))


def test_files_are_read_by_the_panel_as_it_is_now_not_as_the_last_cycle_had_it(
    fresh: Settings, tmp_path: Path
) -> None:
    """Found by trying: on the first day, before any cycle, every file was of places outside the panel."""
    panel = tmp_path / "places.csv"
    panel.write_text("location_id,latitude,longitude\nhof,50.31,11.88\n")
    settings = fresh.model_copy(update={"locations_file": panel})
    near = "time_utc,lat,lon,temp_c\n2026-08-01 00:00,50.3,11.9,{}\n"
    with dg.DagsterInstance.ephemeral() as instance:
        deployment = Deployment(settings, instance)
        deployment.drop(first=near.format(1))
        (read,) = deployment.settle()
        assert deployment.rows == [["hof", 1]] and checks(read)["uploads:nothing_set_aside"] is True
        run_job(settings, "read_locations")
        panel.write_text(panel.read_text() + "selb,50.17,12.13\n")
        deployment.drop(second="time_utc,place,temp_c\n2026-08-01 00:00,selb,2\n")
        deployment.settle()
        assert deployment.rows == [["hof", 1], ["selb", 2]]
        panel.write_text("nonsense")  # which `locations` tells; here the stored one goes on
        deployment.drop(first=near.format(3))
        deployment.settle()
    assert deployment.rows == [["hof", 3], ["selb", 2]]


def test_pictures_and_reports_become_features_beside_tables(deployment: Deployment) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), (60, 100, 200)).save(picture, "PNG")
    deployment.put("cam/20260801T120000Z_pier.png", picture.getvalue())
    deployment.put("met/20260801T1300Z.txt", "METAR KDEN 011253Z 24015KT 10SM OVC030 05/02 A2992=")
    deployment.drop(a=table(1))
    (read,) = deployment.settle()
    assert checks(read)["uploads:readable"] is True
    platform = Platform(deployment.settings)
    features = platform.warehouse.read("uploaded_features", FEATURE).set_index("kind")
    assert features["location_id"].to_dict() == {"image": "pier", "text": "KDEN"}
    assert features.loc["text", "temperature_c"] == 5
    assert features.loc["image", "time"] == pd.Timestamp("2026-08-01T12:00Z")
    form = platform.objects.read(features["object"]["image"], 1_000_000)
    assert Image.open(io.BytesIO(form)).size == (341, 256)
    assert deployment.rows == [["denver", 1]]
    deployment.put("met/20260801T1300Z.txt", "METAR KDEN 011253Z 24015KT 10SM OVC030 06/02 A2992=")
    deployment.settle()
    features = platform.warehouse.read("uploaded_features", FEATURE)
    assert features["temperature_c"].dropna().tolist() == [6]


def test_dropped_forecasts_are_a_feed_beside_the_others(deployment: Deployment) -> None:
    header = "feed,location_id,fetched_at,valid_time,temperature_c\n"
    cycle, after = (CYCLE.key(CYCLE.start(f"{DAY_KEY}T{hour}Z")) for hour in ("06", "12"))
    row = f"mine/v1,denver,{DAY_KEY}T07:00Z,{DAY_KEY}T15:00Z,"
    deployment.drop(forecast=header + row + "20\n", later=header + row + "21\n")
    deployment.settle()
    warehouse = Platform(deployment.settings).warehouse

    def said(key: str) -> list[float]:
        return list(warehouse.read("forecasts/uploaded", FORECAST, [key])["temperature_c"])

    assert said(cycle) == said(after) == [21], "whoever reads a file brings its cycles up to date"
    made = deployment.instance.get_materialized_partitions(dg.AssetKey(["forecasts", "uploaded"]))
    assert {cycle, after} <= made
    parsed = run_job(deployment.settings, "parse", [cycle], deployment.instance)
    assert checks(parsed)["forecasts/uploaded:knowable"] and checks(parsed)["forecasts/uploaded:contract"]
    run_job(deployment.settings, "build_features", [cycle], deployment.instance)
    features = warehouse.read("features", FEATURES, [cycle])
    assert features["value__mine__v1"].dropna().tolist() == [21]
    run_job(deployment.settings, "truth", [DAY_KEY], deployment.instance)
    errors = warehouse.read("forecast_errors", FORECAST_ERROR, [DAY_KEY])
    leads = errors.loc[errors["feed"] == "mine/v1", "lead_hours"]
    assert sorted(leads) == [3, 8], "the board has them, at the leads at which they were known"
    deployment.drop(later=header)
    deployment.settle()
    assert said(cycle) == said(after) == [20]
