"""Directory listings as recorded, and the pages that must not pass for one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from weather_platform.core.history.listing import ListingError, read_listing

URL = "https://archive.invalid/data/2024/"
_HEAD = "<html><head><title>Index of /data/2024</title></head><body><h1>Index of /data/2024</h1>"


def page(body: str) -> bytes:
    return f"{_HEAD}{body}</body></html>".encode()


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("name", "folder", "files", "first", "modified", "size"),
    [
        (
            "envcanada_apache_index_citypage_ON_12.html",
            "https://dd.weather.gc.ca/today/citypage_weather/ON/12/",
            416,
            "20260207T120044.778Z_MSC_CitypageWeather_s0000024_en.xml",
            datetime(2026, 2, 7, 12, 0, tzinfo=UTC),
            36 * 1024,
        ),
        (
            "ncei_lcd_access_2021_excerpt.html",
            "https://www.ncei.noaa.gov/data/local-climatological-data/access/2021",
            5,
            "01001099999.csv",
            datetime(2022, 2, 7, 13, 33, tzinfo=UTC),
            4 * 1024**2,
        ),
        (
            "ncei_stormevents_index_2018.html",
            "https://www.ncei.noaa.gov/pub/data/swdi/stormevents/csvfiles/",
            209,
            "Storm-Data-Export-Format.docx",
            datetime(2014, 5, 6, 21, 49, tzinfo=UTC),
            23 * 1024,
        ),
    ],
)
def test_recorded_listings(
    recorded_data: Path, name: str, folder: str, files: int, first: str, modified: datetime, size: float
) -> None:
    body = (recorded_data / "history" / "html_listings" / name).read_bytes()
    entries = read_listing(body, folder)
    assert len(entries) == files
    assert (entries[0].name, entries[0].modified, entries[0].bytes) == (first, modified, size)
    assert entries[0].url == folder.rstrip("/") + "/" + first
    assert all(entry.modified and entry.bytes for entry in entries)


def test_a_name_that_looks_like_a_date_or_a_size_is_neither() -> None:
    body = '<pre><a href="2020-01-01-12K.csv">2020-01-01-12K.csv</a>  2024-05-06 07:08  3.5M\n</pre>'
    (entry,) = read_listing(page(body), URL)
    assert (entry.modified, entry.bytes) == (datetime(2024, 5, 6, 7, 8, tzinfo=UTC), 3.5 * 1024**2)


@pytest.mark.parametrize(
    ("cells", "size"),
    [
        ("<td>2024-01-15 09:31</td><td> - </td><td>Year 2024 of 12 stations</td>", None),
        ("<td>2024-01-15 09:31</td><td>80K</td><td>12 stations</td>", 80 * 1024),
        ("<td>2024-Jan-15 09:31:22</td><td>1,234</td>", 1234),
        ("<td>2024-01-15 09:31</td><td>1,234,567</td>", 1_234_567),
        ("<td>1.5M</td><td>2024-01-15 09:31</td>", 1.5 * 1024**2),
    ],
)
def test_a_size_is_what_stands_beside_the_date(cells: str, size: float | None) -> None:
    row = f'<table><tr><td><a href="a.csv">a.csv</a></td>{cells}</tr></table>'
    (entry,) = read_listing(page(row), URL)
    assert entry.bytes == size and entry.modified == datetime(2024, 1, 15, 9, 31, tzinfo=UTC)


def test_links_that_lead_elsewhere_are_no_files() -> None:
    links = ("?C=N;O=D", "/data/", "../", "sub/", "https://other.invalid/data/2024/a.csv", "#top", "/x/b.csv")
    body = "".join(f'<a href="{link}">x</a>\n' for link in links)
    assert read_listing(page(f'<pre>{body}<a href="/data/2024/c.csv">c</a></pre>'), URL)[0].name == "c.csv"
    assert len(read_listing(page(f"<pre>{body}</pre>"), URL)) == 0
    traversal = '<pre><a href="%2e%2e%2fsecret.csv">x</a></pre>'
    assert read_listing(page(traversal), URL) == []


def test_what_the_page_does_not_say_is_none() -> None:
    (entry,) = read_listing(page('<ul><li><a href="a.csv">a.csv</a></li></ul>'), URL)
    assert (entry.modified, entry.bytes) == (None, None)
    (entry,) = read_listing(page('<pre><a href="a.csv">a.csv</a> 2024-13-40 07:08  - </pre>'), URL)
    assert (entry.modified, entry.bytes) == (None, None)


@pytest.mark.parametrize("body", [b"", b"<html><h1>503 busy</h1></html>", b"a,b\n1,2\n", b"\x00\xff"])
def test_any_other_page_is_no_empty_folder(body: bytes) -> None:
    with pytest.raises(ListingError, match="no directory listing"):
        read_listing(body, URL)
