"""Times in names and options are of an age that tables can hold, or none."""

from datetime import UTC, datetime

import pytest

from weather_platform.core.file_names import parsed_time, stamp_of


@pytest.mark.parametrize("text", ["0001-01-01T00:00Z", "9999-12-31T23:59-10:00", "0001-01-01T00:00+10:00"])
def test_a_time_that_no_table_holds_is_refused(text: str) -> None:
    """Found by trying: a traceback of pandas' or of Python's calendar, also for a mapping in the drop box."""
    with pytest.raises(ValueError, match="is not of the years 1900 to 2200"):
        parsed_time(text)


def test_a_stamp_of_such_a_time_is_none() -> None:
    assert stamp_of("sky_00010101T000000Z.jpg") is None
    assert stamp_of("sky_22010101T000000Z.jpg") is None
    assert stamp_of("sky_19000101T000000Z.jpg") == datetime(1900, 1, 1, tzinfo=UTC)
    assert stamp_of("sky_22001231T235959Z.jpg") == datetime(2200, 12, 31, 23, 59, 59, tzinfo=UTC)
