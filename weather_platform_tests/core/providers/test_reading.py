"""Times as providers write them: every zone is followed, and two zones at once are an error."""

import tracemalloc
from datetime import UTC, datetime

import numpy as np
import pytest

from weather_platform.core.providers.reading import (
    answered_place,
    epoch_times,
    plain_name,
    quoted,
    read_object,
    utc_times,
)
from weather_platform.core.providers.spec import Asked, PayloadError

HOUR = np.array(["2026-08-01T06:00"], dtype="datetime64[s]")


@pytest.mark.parametrize(
    "text", ["2026-08-01T06:00:00Z", "2026-08-01T08:00:00+02:00", "2026-08-01T00:30-05:30"]
)
def test_a_time_is_the_same_in_any_zone(text: str) -> None:
    assert utc_times([text]).tolist() == HOUR.tolist()
    assert utc_times([text, "2026-08-01T06:00Z"]).tolist() == 2 * HOUR.tolist()


@pytest.mark.parametrize("zone", ["+02:00Z", "-05:30Z", "ZZ", "+0200Z"])
def test_a_time_in_two_zones_is_no_time(zone: str) -> None:
    with pytest.raises(PayloadError, match="a time is not ISO 8601"):
        utc_times(["2026-08-01T06:00Z", f"2026-08-01T06:00{zone}"])


def test_seconds_are_whole_however_they_are_written() -> None:
    seconds = int(HOUR.astype("int64")[0])
    assert epoch_times([seconds, float(seconds), str(seconds)]).tolist() == 3 * HOUR.tolist()
    for wrong in (seconds + 0.5, True, None, "", "soon", "nan", 1e400, 10**400, seconds * 1000, [seconds]):
        with pytest.raises(PayloadError, match="whole seconds"):
            epoch_times([seconds, wrong])


@pytest.mark.parametrize("name", ["appid", "key", "api_key", "access_token"])
def test_a_key_that_a_reply_echoes_is_not_quoted(name: str) -> None:
    said = quoted(f"<html>no such page: /data?{name}=planted-0123&lat=1</html>")
    assert "planted" not in said
    assert f"{name}=…" in said


def test_names_of_any_length_are_short_and_differ() -> None:
    names = [plain_name("x" * length) for length in (300, 301)]
    assert len(set(names)) == 2
    assert all(len(name) <= 90 for name in names)


def test_places_that_nobody_knows_of_are_told_apart() -> None:
    unknown = Asked((), datetime(2026, 8, 1, tzinfo=UTC))
    names = [answered_place(unknown, index, 46.5, 7.0, 5.0).location_id for index in range(2)]
    assert names == ["unplaced", "unplaced-1"]


def test_a_mark_of_utf_8_is_no_part_of_a_body() -> None:
    assert read_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(("bare", "read"), [(b"NaN", None), (b"Infinity", "Infinity"), (b"1e999", "1e999")])
def test_what_stands_bare_is_no_value_or_a_text_and_texts_stay(bare: bytes, read: str | None) -> None:
    assert read_object(b'{"a": ' + bare + b', "NaN": "-Infinity \\" 1e999", "b": -1.5e3}') == {
        "a": read,
        "NaN": '-Infinity " 1e999',
        "b": -1500,
    }
    assert read_object(b'{"a": ' + bare + b"}") == {"a": read}


@pytest.mark.parametrize("body", [b'[NaN, "', b'[1e999, "\\\\'])
def test_a_text_without_an_end_takes_no_more_memory_than_its_size_allows(body: bytes) -> None:
    """Found by trying: 32 MB of one took 3.7 GB where a body that is no JSON was looked through again."""
    body += b"x" * 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(PayloadError, match="not JSON"):
            read_object(body)
        assert tracemalloc.get_traced_memory()[1] < 30 * len(body)
    finally:
        tracemalloc.stop()
