"""A dropped reply is known by its folder, its name or its list, and is kept with what was asked."""

import gzip
from datetime import UTC, datetime

import pytest

from weather_platform.core.uploads.spec import Reading
from weather_platform_tests.core.uploads.test_read import PANEL, read
from weather_platform_tests.replies import encoded, open_meteo

DENVER = PANEL.set_index("location_id").loc["denver"]
MIAMI = PANEL.set_index("location_id").loc["miami"]
BODY = encoded(open_meteo(float(DENVER["latitude"]), float(DENVER["longitude"]), hours=6))
NAME = "drop_box/replies/open_meteo/20260801T070000Z_denver.json"


def reason(reading: Reading) -> str:
    assert not reading.readable and reading.reply is None
    return str(reading.rejected["reason"][0])


@pytest.mark.parametrize("data", [BODY, gzip.compress(BODY)])
def test_folder_and_name_say_whose_and_when_and_where(data: bytes) -> None:
    reading = read(NAME + (".gz" if data != BODY else ""), data)
    assert reading.reply is not None and reading.readable
    meta, body = reading.reply
    assert body == BODY and meta.provider == "open_meteo"
    assert meta.fetched_at == datetime(2026, 8, 1, 7, tzinfo=UTC)
    assert meta.cycle == datetime(2026, 8, 1, 6, tzinfo=UTC)
    assert [place.location_id for place in meta.places] == ["denver"]
    assert meta.places[0].latitude == DENVER["latitude"]


def test_a_list_says_it_too_and_several_places_in_the_order_asked() -> None:
    both = encoded(
        [
            open_meteo(float(place["latitude"]), float(place["longitude"]), hours=6)
            for place in (MIAMI, DENVER)
        ]
    )
    text = """
    fetched_at: 2026-08-01T01:00:00+02:00
    files: {a.json: {location_id: [miami, denver]}}
    """
    reading = read("drop_box/replies/open_meteo/a.json", both, text)
    assert reading.reply is not None, reading.rejected["reason"].tolist()
    meta, _ = reading.reply
    assert meta.fetched_at == datetime(2026, 7, 31, 23, tzinfo=UTC)
    assert [place.location_id for place in meta.places] == ["miami", "denver"]


@pytest.mark.parametrize(
    ("name", "body", "mapping", "why"),
    [
        ("drop_box/replies/mine/20260801T070000Z_denver.json", BODY, "", "no provider 'mine'"),
        ("drop_box/replies/20260801T070000Z_denver.json", BODY, "", "no provider ''"),
        ("drop_box/replies/open_meteo/denver.json", BODY, "", "when was it fetched?"),
        (NAME.replace("denver", "miami"), BODY, "", "wrong place"),
        (NAME, b"<html>", "", "HTML"),
        (NAME, gzip.compress(bytes(30_000_000)), "", "bytes allowed"),
        (NAME, BODY, "fetched_at: soon", "no list of replies"),
        (NAME, BODY, "fetched_at: 2026-08-01T07:00", "has no zone"),
        (NAME, BODY, "location_id: [denver, nowhere]", "nowhere: no place of the panel"),
    ],
)
def test_what_is_no_reply_is_refused_with_the_reason(name: str, body: bytes, mapping: str, why: str) -> None:
    assert why in reason(read(name, body, mapping))


@pytest.mark.parametrize(
    "name", ["20260801T070000Z_denver.JSON", "denver_20260801T070000Z.json", "20260801T070000Z-denver.txt"]
)
def test_a_place_stands_behind_the_stamp_or_before_it_whatever_the_name_ends_in(name: str) -> None:
    reading = read(f"drop_box/replies/open_meteo/{name}", BODY)
    assert reading.reply is not None and "note" not in reading.counts
    assert [place.location_id for place in reading.reply[0].places] == ["denver"]


def test_a_place_that_the_panel_does_not_have_is_told() -> None:
    reading = read(NAME.replace("denver", "Denver"), BODY)
    assert reading.reply is not None and "'Denver' is not in the panel" in reading.counts["note"]


def test_nobody_fetched_it_after_it_was_dropped() -> None:
    taken_at = datetime(2026, 8, 1, 6, 59, tzinfo=UTC)
    assert "later than the file was taken in" in reason(read(NAME, BODY, taken_at=taken_at))
