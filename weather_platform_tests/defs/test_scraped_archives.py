"""Archives as they lie on their sites: a file a year or a station, products of several folders."""

import gzip
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from weather_platform.core.contracts.truth import DAILY, OBSERVATION
from weather_platform.core.history.scraped_archives import SCRAPED
from weather_platform.defs import archives, observations
from weather_platform.infra.configuration.settings import Settings
from weather_platform_tests.archive_site import FIRST
from weather_platform_tests.core.history.test_gsod import ncei
from weather_platform_tests.defs.scraped import World, site_of_archives, world_of
from weather_platform_tests.platform_fixtures import checks


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
YEARS = {"dagster/asset_partition_range_start": "2023", "dagster/asset_partition_range_end": "2024"}


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
    world.site.faults.clear()
    days = ({"STATION": "07169099999", "DATE": f"2024-03-0{day}"} for day in (1, 2, 3))
    world.site.put(f"{GSOD_FOLDER}07169099999.csv", ncei(*days), FIRST + timedelta(days=1))
    world.run("year", YEARS)
    found = len(world.platform.warehouse.read("daily/gsod", DAILY, ["2024"]))
    assert found == 5, "2023 has no listing, and loses 2024 nothing"


def test_files_of_one_name_in_two_years_are_two_and_one_that_is_none_is_told(world: World) -> None:
    for year, days in (("2023", 1), ("2024", 2)):
        for station in ("07169099999", "07180099999"):
            rows = ({"STATION": station, "DATE": f"{year}-03-0{1 + day}"} for day in range(days))
            world.site.put(f"{GSOD_FOLDER.replace('2024', year)}{station}.csv", ncei(*rows))
    world.run("year", YEARS)
    found = world.platform.warehouse.read("daily/gsod", DAILY)
    assert found.groupby("year").size().to_dict() == {"2023": 2, "2024": 4}
    world.site.put(f"{GSOD_FOLDER}07180099999.csv", b"no,such,columns\n1,2,3\n", FIRST + timedelta(days=1))
    told = world.run("year", YEARS)
    assert checks(told)["daily/gsod:complete"] is False


def test_daily_summaries_out_of_files_of_all_years(tmp_path: Path) -> None:
    line = "FR000007169  48.3220    4.0170  118.0    TROYES\n"
    days = "".join(f"FR000007169,{day},TMAX,123,,,S,\n" for day in ("20230301", "20240301", "20240302"))
    with site_of_archives() as site:
        site.put("pub/data/ghcn/daily/ghcnd-stations.txt", line.encode())
        inventory = "FR000007169  48.3220    4.0170 TMAX 1973 2024\n"
        site.put("pub/data/ghcn/daily/ghcnd-inventory.txt", inventory.encode())
        site.put("pub/data/ghcn/daily/by_station/FR000007169.csv.gz", gzip.compress(days.encode()))
        world = world_of(site, tmp_path, archives=("ghcn_daily",))
        world.run("places")
        world.run("match_stations")
        world.run("year", YEARS)
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
    with site_of_archives() as site:
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
