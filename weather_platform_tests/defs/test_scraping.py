"""The scraper as people run it: assets, the sensor and its runs, against a site on loopback."""

from datetime import UTC, datetime, timedelta

import pytest

from weather_platform.core.contracts.archives import FILE_QUARANTINE, LISTING, STATION_MATCH
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.history import crawl, due
from weather_platform_tests.defs.scraped import FOLDER, LIST, World, hours


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
