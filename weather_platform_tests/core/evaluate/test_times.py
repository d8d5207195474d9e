"""Times of an archive: every certain form is read, and what would have to be guessed is refused."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import ArchiveError, checked
from weather_platform.core.evaluate.times import TimeError, instants
from weather_platform_tests.core.evaluate.archives import daily_archive

INSTANT = pd.Timestamp("2024-01-29T06:00", tz="UTC")


@pytest.mark.parametrize(
    "written",
    [
        1706508000,
        1706508000.0,
        1706508000000,
        "2024-01-29T06:00:00Z",
        "2024-01-29 06:00",
        "2024-01-29T07:00+01:00",
        "20240129T0600Z",
        "2024-01-29 06",
        "2024-01-29 06:00:00 UTC",
        "2024-01-29t06:00:00,0z",
        "2024-W05-1T06:00",
        "2024-W05-1T07:00+01:00",
        pd.Timestamp("2024-01-29T01:00", tz="America/New_York"),
    ],
    ids=str,
)
def test_one_instant_in_any_certain_form(written: object) -> None:
    (read,) = instants(pd.Series([written]))
    assert read == INSTANT


def test_a_text_that_is_nearly_all_spaces_is_refused_at_once() -> None:
    """Looking for the zone from every one of its spaces would take hours here."""
    for text in ("2026" + " " * 2_000_000 + "x", " " * 2_000_000 + "x UTC"):
        with pytest.raises(TimeError, match="is not ISO 8601"):
            instants(pd.Series([text]))
    (read,) = instants(pd.Series(["2024-01-29 06:00" + " " * 2_000_000 + "gmt"]))
    assert read == INSTANT


def test_forms_may_be_mixed_and_columns_of_any_type() -> None:
    days = pd.to_datetime(["2024-01-29", "2024-01-29"], utc=True).to_list()
    for column in (
        pd.Series(["2024-01-29", "2024-01-29 00:00:00"]),
        pd.Series(["2024-01-29", "2024-01-29T01:00+01:00"]).astype("category"),
        pd.Series([date(2024, 1, 29), date(2024, 1, 29)], dtype=object),
        pd.Series([1706486400, 1706486400], dtype="Int64"),
        pd.Series(np.array(["2024-01-29", "2024-01-29"], dtype="datetime64[s]")),
    ):
        assert instants(column).to_list() == days


@pytest.mark.parametrize(
    "written",
    [
        "03/04/2024 00:00",
        "29/01/2024",
        "now",
        "soon",
        20240129,
        2024012906,
        202401290600,
        19751,
        1e10,
        1.7e18,
        True,
    ],
    ids=str,
)
def test_what_would_have_to_be_guessed_is_refused(written: object) -> None:
    with pytest.raises(TimeError, match="ISO 8601"):
        instants(pd.Series([written] * 3))


def test_what_is_certain_of_one_row_alone_is_refused_of_a_column_and_the_other_way_round() -> None:
    """Some hours of 2024 are dates of 1712 as well, written as digits; beside the others they are seconds."""
    hours = pd.Series(pd.date_range("2024-03-01", "2024-05-01", freq="h", tz="UTC")).dt.as_unit("us")
    seconds = hours.astype("int64") // 10**6
    pd.testing.assert_series_equal(instants(seconds), hours)
    assert (instants(seconds + 0.25) == hours + pd.Timedelta("250ms")).all()
    for column in ([*seconds[:9], 5], [date(2024, 1, 29), "03/04/2024"]):
        with pytest.raises(TimeError, match="ISO 8601"):
            instants(pd.Series(column, dtype=object if isinstance(column[0], date) else None))


@pytest.mark.parametrize("year", [1500, 9000])
def test_a_time_of_another_age_is_named(year: int) -> None:
    column = pd.Series(np.array(["2024-01-01", f"{year}-01-01"], dtype="datetime64[us]"))
    with pytest.raises(TimeError, match=f"{year}-01-01 .* is before 1678 or after 2261; remove or mend it"):
        instants(column)


def test_a_row_without_a_time_is_counted_and_its_column_named() -> None:
    archive = daily_archive(20)
    archive.loc[3:4, "valid_time"] = pd.NaT
    with pytest.raises(ArchiveError, match="valid_time: 2 rows have no time"):
        checked(archive)
