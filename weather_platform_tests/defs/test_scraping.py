"""The scraper as people run it: assets, the sensor and its runs, against a site on loopback."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from weather_platform.core.contracts.archives import FILE_QUARANTINE, LISTING, STATION_MATCH
from weather_platform.core.contracts.truth import DAILY, OBSERVATION, STATION_REPORT
from weather_platform.core.history import crawl, due
from weather_platform.core.history.scraped_archives import SCRAPED
from weather_platform.defs import archives, locations, observations
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.io_manager import WarehouseIOManager
from weather_platform.infra.platform import Platform
from weather_platform.infra.web import guard
from weather_platform_tests.archive_site import Site, serve
from weather_platform_tests.core.history.archive_files import isd_lite
from weather_platform_tests.core.history.test_gsod import ncei

LIST = """"USAF","WBAN","STATION NAME","CTRY","STATE","ICAO","LAT","LON","ELEV(M)","BEGIN","END"
"071690","99999","TROYES","FR","","LFQB","+48.322","+004.017","+0118.0","19730101","20241231"
"071800","99999","NANCY","FR","","LFSN","+48.692","+006.221","+0229.0","19730101","20241231"
"071810","99999","FAR AWAY","FR","","LFSO","+43.583","+006.000","+0225.0","19730101","20241231"
"""
PLACES = """location_id,name,country,latitude,longitude,elevation_m
troyes,Troyes,FR,48.30,4.08,110
nancy,Nancy,FR,48.69,6.18,220
"""
FOLDER = "pub/data/noaa/isd-lite/2024/"


def hours(temperature: int, days: int = 2) -> bytes:
    measured = (temperature, -30, 10132, 90, 51, 8, 12, -9999)
    return isd_lite(*((2024, 3, day, hour, *measured) for day in range(1, 1 + days) for hour in range(24)))


@dataclass
class World:
    """A site, a deployment that uses it, and Dagster."""

    site: Site
    settings: Settings
    definitions: dg.Definitions
    instance: dg.DagsterInstance
    platform: Platform

    def run(self, job: str, tags: dict[str, str] | None = None) -> dg.ExecuteInProcessResult:
        found = self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance, tags=tags or {}, raise_on_error=True
        )
        assert found.success
        return found

    def tick(self, archive: str = "isd_lite") -> Any:
        """One evaluation of the sensor; its partitions are registered, and its run is run."""
        sensor = self.definitions.resolve_sensor_def(f"new_{archive}_files")
        context = dg.build_sensor_context(
            instance=self.instance, definitions=self.definitions, resources={"platform": self.platform}
        )
        result = sensor(context)
        for request in result.dynamic_partitions_requests or []:
            self.instance.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
        for request in result.run_requests or []:
            self.run(f"read_{archive}_files", dict(request.tags))
        return result

    def files(self) -> pd.DataFrame:
        return self.platform.warehouse.read("station_files/isd_lite", STATION_REPORT)

    def fetched(self) -> list[str]:
        return [path.rsplit("/", 1)[1] for path in self.site.asked if path.endswith(".gz")]


def world_of(site: Site, folder: Path, **more: Any) -> World:
    (folder / "places.csv").write_text(PLACES)
    settings = Settings(
        profile="live",
        data_dir=folder / "data",
        locations_file=folder / "places.csv",
        first_day=date(2024, 3, 1),
        **({"archives": ("isd_lite", "gsod", "ghcn_daily")} | more),
    )
    platform = Platform(settings)
    local = [
        replace(each, base_url=site.url, per_minute=60_000.0)
        for each in SCRAPED.values()
        if each.name in settings.archives
    ]
    definitions = dg.Definitions.merge(
        locations.build(settings),
        archives.build(settings, local),
        dg.Definitions(
            jobs=[
                dg.define_asset_job("places", dg.AssetSelection.assets(locations.KEY)),
                dg.define_asset_job("day", dg.AssetSelection.key_prefixes("history")),
                dg.define_asset_job("year", dg.AssetSelection.key_prefixes("daily")),
            ],
            resources={"platform": platform, "warehouse": WarehouseIOManager(platform)},
        ),
    )
    return World(site, settings, definitions, dg.DagsterInstance.ephemeral(), platform)


@pytest.fixture(autouse=True)
def _loopback_counts_as_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sites are asked at public addresses only (infra.web.guard), and this one is none."""
    monkeypatch.setattr(guard, "refuse_unless_public", lambda _host, _addresses: None)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serve() as site:
        site.put("pub/data/noaa/isd-history.csv", LIST.encode())
        for name, temperature in (("071690", 50), ("071800", 60), ("071810", 70)):
            site.put(f"{FOLDER}{name}-99999-2024.gz", hours(temperature))
        found = world_of(site, tmp_path)
        found.run("places")
        found.run("match_stations")
        found.run("list_isd_lite", {"dagster/partition": "2024"})
        yield found


def test_from_a_listing_to_hourly_truth(world: World) -> None:
    listed = world.platform.warehouse.read("listings/isd_lite", LISTING)
    assert listed["station_id"].tolist() == ["071690-99999", "071800-99999", "071810-99999"]
    matches = world.platform.warehouse.read("station_matches", STATION_MATCH)
    used = matches[matches["used"] & (matches["archive"] == "isd_lite")]
    assert used[["location_id", "station"]].to_numpy().tolist() == [["nancy", "NANCY"], ["troyes", "TROYES"]]
    assert world.tick().run_requests
    assert world.fetched() == ["071690-99999-2024.gz", "071800-99999-2024.gz"]  # the far one is nobody's
    world.run("day", {"dagster/partition": "2024-03-01"})
    rows = world.platform.warehouse.read("history/isd_lite", OBSERVATION, ["2024-03-01"])
    by_place = rows.groupby("location_id")["temperature_c"].agg(["size", "max"])
    assert by_place.to_numpy().tolist() == [[24, 6], [24, 5]]
    assert rows["distance_km"].between(0.1, 10).all()


def test_a_station_without_files_takes_no_place_s_turn(world: World) -> None:
    ceased = LIST + "".join(
        f'"07169{n}","99999","CEASED {n}","FR","","","+48.300","+004.080","+0110.0","19400101",""\n'
        for n in range(1, 4)
    )
    world.site.put("pub/data/noaa/isd-history.csv", ceased.encode())
    world.run("match_stations")
    matches = world.platform.warehouse.read("station_matches", STATION_MATCH)
    used = matches[matches["used"] & (matches["location_id"] == "troyes")]
    assert used.loc[used["archive"] == "isd_lite", "station"].tolist() == ["TROYES"]
    assert len(used[used["archive"] == "gsod"]) == 3  # its files are listed when they are read


def test_nothing_new_asks_for_nothing_and_a_changed_file_replaces_its_rows(world: World) -> None:
    world.tick()
    asked = len(world.site.asked)
    assert world.tick().skip_reason.skip_message == "no file is new or changed"
    world.run("list_isd_lite", {"dagster/partition": "2024"})
    assert world.site.unchanged == [FOLDER]  # a conditional request
    assert (len(world.site.asked) - asked, world.tick().run_requests) == (2, [])
    world.site.put(f"{FOLDER}071690-99999-2024.gz", hours(80, days=1), datetime(2024, 3, 9, tzinfo=UTC))
    world.run("list_isd_lite", {"dagster/partition": "2024"})
    world.tick()
    assert world.fetched().count("071690-99999-2024.gz") == 2
    assert world.fetched().count("071800-99999-2024.gz") == 1
    sizes = world.files().groupby("file").size().to_dict()
    assert sizes == {"071690-99999-2024.gz": 24, "071800-99999-2024.gz": 48}


def test_a_file_that_fails_loses_no_other_and_is_asked_for_again_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading: a dead link of a listing was asked for every five minutes, for ever."""
    world.site.faults[f"{FOLDER}071690-99999-2024.gz"] = 404
    world.tick()
    assert world.files()["file"].unique().tolist() == ["071800-99999-2024.gz"]
    world.site.faults.clear()
    asked = len(world.site.asked)
    assert world.tick().skip_reason.skip_message == "no file is new or changed"
    assert len(world.site.asked) == asked
    monkeypatch.setattr(due, "_FIRST_WAIT", timedelta(0))
    world.tick()
    assert world.files()["file"].nunique() == 2
    assert world.fetched().count("071800-99999-2024.gz") == 1  # kept, so not fetched again


def test_a_file_that_cannot_be_read_is_told_and_left_until_it_changes(world: World) -> None:
    world.site.put(f"{FOLDER}071690-99999-2024.gz", b"of another kind", datetime(2024, 3, 8, tzinfo=UTC))
    world.run("list_isd_lite", {"dagster/partition": "2024"})
    world.tick()
    assert world.tick().skip_reason.skip_message == "no file is new or changed"
    assert world.files()["file"].unique().tolist() == ["071800-99999-2024.gz"]


@pytest.mark.parametrize("page", [b"\n <html>busy</html>", b""])
def test_a_page_or_nothing_in_place_of_a_file_is_no_version_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch, page: bytes
) -> None:
    """Found by reading: the page was kept as that version, took the rows and was never asked for again."""
    name = f"{FOLDER}071690-99999-2024.gz"
    world.site.put(name, hours(50) + b"torn\n")
    world.tick()
    world.site.put(name, page, datetime(2024, 3, 8, tzinfo=UTC))
    world.run("list_isd_lite", {"dagster/partition": "2024"})
    world.tick()
    assert world.files().groupby("file").size().tolist() == [48, 48]
    aside = world.platform.warehouse.read("quarantine/station_files/isd_lite", FILE_QUARANTINE)
    assert aside["record"].str.contains("torn").tolist() == [True]  # of the rows that stay
    world.site.put(name, hours(80, days=3), datetime(2024, 3, 8, tzinfo=UTC))
    monkeypatch.setattr(due, "_FIRST_WAIT", timedelta(0))
    world.tick()
    assert world.files().groupby("file").size().tolist() == [72, 48]


def test_a_listing_that_cannot_be_had_keeps_its_rows(world: World) -> None:
    world.site.faults[FOLDER] = 404
    world.run("list_isd_lite", {"dagster/partition": "2024"})
    assert len(world.platform.warehouse.read("listings/isd_lite", LISTING)) == 3


def test_a_site_that_does_not_answer_is_left_alone_for_the_rest_of_a_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading: each of a run's hundred files was asked for, every five minutes."""
    monkeypatch.setattr(crawl, "_UNANSWERED_UNTIL_LEFT", 1)
    for name in ("071690", "071800"):
        world.site.faults[f"{FOLDER}{name}-99999-2024.gz"] = 429
    world.tick()
    assert set(world.fetched()) == {"071690-99999-2024.gz"}
    world.site.faults.clear()
    world.tick()
    assert world.files()["file"].unique().tolist() == ["071800-99999-2024.gz"]  # which did not fail


def test_robots_are_heeded(world: World) -> None:
    world.site.robots = f"User-agent: *\nDisallow: /{FOLDER}\n"
    world.tick()
    assert world.fetched() == []
    assert world.files().empty


def test_archives_are_for_the_live_profile_and_by_known_names() -> None:
    with pytest.raises(ValueError, match="WEATHER_PROFILE=live"):
        archives.in_use(Settings(archives=("isd_lite",)))
    with pytest.raises(ValueError, match="names tarot; known are ghcn_hourly"):
        archives.in_use(Settings(profile="live", archives=("tarot",)))


def test_every_archive_s_hours_go_into_observations() -> None:
    settings = Settings(profile="live", archives=tuple(SCRAPED))
    (asset,) = observations.build(settings).assets or []
    assert {f"history/{name}" for name, archive in SCRAPED.items() if not archive.daily} <= {
        key.to_user_string() for key in asset.dependency_keys
    }


GSOD_FOLDER = "data/global-summary-of-the-day/access/2024/"


def test_a_year_of_daily_summaries_over_https(world: World) -> None:
    for station in ("07169099999", "07180099999", "07181099999"):
        days = ({"STATION": station, "DATE": f"2024-03-0{day}"} for day in (1, 2))
        world.site.put(f"{GSOD_FOLDER}{station}.csv", ncei(*days))
    world.site.faults[f"{GSOD_FOLDER}07180099999.csv"] = 404
    world.run("year", {"dagster/partition": "2024"})
    assert world.platform.warehouse.read("daily/gsod", DAILY).empty  # a year counts when it is whole
    world.site.faults.clear()
    world.run("year", {"dagster/partition": "2024"})
    rows = world.platform.warehouse.read("daily/gsod", DAILY, ["2024"])
    assert rows.groupby("station_id").size().to_dict() == {"07169099999": 2, "07180099999": 2}
    assert world.site.asked.count(f"{GSOD_FOLDER}07169099999.csv") == 1
    world.site.faults[GSOD_FOLDER] = 404
    world.run("year", {"dagster/partition": "2024"})
    assert len(world.platform.warehouse.read("daily/gsod", DAILY, ["2024"])) == 4


def test_daily_summaries_out_of_files_of_all_years(tmp_path: Path) -> None:
    line = "FR000007169  48.3220    4.0170  118.0    TROYES\n"
    days = "".join(f"FR000007169,{day},TMAX,123,,,S,\n" for day in ("20230301", "20240301", "20240302"))
    with serve() as site:
        site.put("pub/data/ghcn/daily/ghcnd-stations.txt", line.encode())
        inventory = "FR000007169  48.3220    4.0170 TMAX 1973 2024\n"
        site.put("pub/data/ghcn/daily/ghcnd-inventory.txt", inventory.encode())
        site.put("pub/data/ghcn/daily/by_station/FR000007169.csv.gz", gzip.compress(days.encode()))
        world = world_of(site, tmp_path, archives=("ghcn_daily",))
        world.run("places")
        world.run("match_stations")
        ends = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
        world.run("year", dict(zip(ends, ("2023", "2024"), strict=True)))
        rows = world.platform.warehouse.read("daily/ghcn_daily", DAILY)
        assert rows.groupby("year").size().to_dict() == {"2023": 1, "2024": 2}
        assert [path for path in site.asked if path.endswith(".gz")] == [
            "pub/data/ghcn/daily/by_station/FR000007169.csv.gz"
        ]


def test_products_of_several_folders_make_one_hour(tmp_path: Path) -> None:
    line = "01766 19891001 20260301             115     48.30    4.08 Troyes            Anderswo Frei\n"
    archive = SCRAPED["dwd"]
    warm, windy = product("QN_9;TT_TU;RF_TU", "3;5.5;80"), product("QN_3;F;D", "10;4.0;250")
    sky = product("QN_8; V_N;V_N_I", "3;   4;   P")
    with serve() as site:
        site.put(archive.stations.path, f"Stations_id von_datum\n{line}".encode("latin-1"))
        for number, folder in enumerate(archive.folders):
            site.put(f"{folder}stundenwerte_X{number}_09999_akt.zip", b"of no place here")
        site.put(f"{archive.folders[0]}stundenwerte_TU_01766_akt.zip", warm)
        site.put(f"{archive.folders[2]}stundenwerte_FF_01766_akt.zip", windy)
        cloudiness = archive.folders[0].replace("air_temperature", "cloudiness")
        site.put(f"{cloudiness}stundenwerte_N_01766_akt.zip", sky)
        world = world_of(site, tmp_path, archives=("dwd",))
        world.run("places")
        world.run("match_stations")
        world.run("list_dwd", {"dagster/partition": "2024"})
        world.tick("dwd")
        world.run("day", {"dagster/partition": "2024-03-05"})
        (row,) = world.platform.warehouse.read("history/dwd", OBSERVATION).to_dict("records")
        assert (row["temperature_c"], row["wind_speed_m_s"], row["location_id"]) == (5.5, 4.0, "troyes")
        assert row["cloud_cover"] == 0.5
        world.run("list_dwd", {"dagster/partition": "2024"})
        assert sorted(site.unchanged) == sorted(archive.folders)
        assert world.tick("dwd").skip_reason.skip_message == "no file is new or changed"


def product(columns: str, values: str) -> bytes:
    """A product's zip with one hour."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        table = f"STATIONS_ID;MESS_DATUM;{columns};eor\n1766;2024030506;{values};eor\n"
        archive.writestr("produkt_stunde_01766.txt", table)
    return buffer.getvalue()
