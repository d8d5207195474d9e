"""Files are read within bounds, and what cannot be read at all says why."""

import gzip

import numpy as np
import pandas as pd
import pytest
import zstandard

from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.points import nearest
from weather_platform.core.observations.table import Limits, ObservationFileError, read_table
from weather_platform.core.observations.unpack import UnpackError, unpack

TEXT = b"a,b\n1,2\n3\n4,5,6\n\n7,\n"


@pytest.mark.parametrize("data", [TEXT, gzip.compress(TEXT, mtime=0), zstandard.compress(TEXT)])
def test_rows_keep_their_place_past_malformed_ones(data: bytes) -> None:
    table = read_table(data, ["b", "a"], Csv(), Limits())
    assert table.columns["a"].to_pylist() == ["1", "7"]
    assert table.columns["b"].to_pylist() == ["2", None]
    assert table.row.tolist() == [0, 3]
    assert table.malformed == [(1, "3"), (2, "4,5,6")]


def test_empty_lines_before_the_header_are_passed_over_as_those_after_it() -> None:
    for before, skipped in ((b"\n\r\n", 0), (b"Title\n\n", 1)):
        table = read_table(before + TEXT, ["b", "a"], Csv(skip_rows=skipped), Limits())
        assert (table.row.tolist(), [row for row, _ in table.malformed]) == ([0, 3], [1, 2])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
@pytest.mark.parametrize("stated", ["utf-8", "utf-16"])
def test_text_in_utf_16_is_read_as_any_other(encoding: str, stated: str) -> None:
    """Spreadsheets' "Unicode text", and what PowerShell writes: it was refused as bytes that are no text."""
    begin = "" if encoding == "utf-16" else "\ufeff"
    for text in (TEXT.decode().replace("\n", "\r\n"), '{"a": "1"}\n{"a": "7", "b": "°"}\n'):
        data = (begin + text).encode(encoding)
        for packed in (data, gzip.compress(data, mtime=0)):
            table = read_table(packed, ["a"], Csv(encoding=stated), Limits())
            assert table.columns["a"].to_pylist() == ["1", "7"]


def test_torn_text_in_utf_16_spoils_one_line() -> None:
    table = read_table("a,b\n1,2\n3,4\n5".encode("utf-16")[:-1], ["a"], Csv(), Limits())
    assert table.columns["a"].to_pylist() == ["1", "3"] and [row for row, _ in table.malformed] == [2]


def test_joined_archives_are_read_to_the_end() -> None:
    for pack in (gzip.compress, zstandard.compress):
        table = read_table(pack(TEXT[:9]) + pack(TEXT[9:]), ["a"], Csv(), Limits())
        assert table.columns["a"].to_pylist() == ["1", "7"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (gzip.compress(TEXT, mtime=0)[:-9], "damaged or cut short"),
        (zstandard.compress(TEXT)[:-3], "damaged or cut short"),
        (gzip.compress(bytes(90_000_000), mtime=0), "decompresses to more than"),
        (zstandard.compress(bytes(90_000_000)), "decompresses to more than"),
        (b"PK\x03\x04" + TEXT, "unpack it"),
        (b"PAR1" + TEXT, "cannot be read as Parquet"),
        (b"a,b\n\xe9,1\n", "see csv.encoding"),
        (b"a;b\n1;2\n", "no column 'a'"),
        (b"a,b,a\n1,2,3\n", "'a' comes twice"),
        (b"<!DOCTYPE html>\n<html>", "an HTML or XML page"),
        (b'\n[\n  {"a": 1},\n  {"a": 2}\n]', "write JSON lines"),
    ],
)
def test_an_unreadable_file_says_why(data: bytes, says: str) -> None:
    with pytest.raises(ObservationFileError, match=says):
        read_table(data, ["a"], Csv(), Limits())


def test_bounds_hold() -> None:
    with pytest.raises(ObservationFileError, match="4 rows, more than the 3"):
        read_table(TEXT, ["a"], Csv(), Limits(rows=3))
    with pytest.raises(ObservationFileError, match="bytes, more than the 9"):
        read_table(TEXT, ["a"], Csv(), Limits(bytes=9))


def test_a_torn_row_of_bytes_that_are_no_text_is_counted_with_the_others() -> None:
    table = read_table(b"a,b\n1,2\n\xf3,3,4\n\xff,5\n", ["b"], Csv(), Limits())
    assert table.columns["b"].to_pylist() == ["2", "5"]
    assert (table.row.tolist(), [position for position, _ in table.malformed]) == ([0, 2], [1])


@pytest.mark.parametrize("header", [b"a\rb,c", b'a"\rb",c', b"\ra,c"])
def test_a_carriage_return_inside_the_header_is_told_and_no_traceback(header: bytes) -> None:
    """Found by fuzzing: the header's reader has an error of its own kind."""
    with pytest.raises(ObservationFileError, match=r"cannot be read as text .*; see csv\.encoding"):
        read_table(header + b"\n1,2\n", ["a", "c"], Csv(), Limits())


def test_a_quote_that_does_not_close_loses_no_other_row() -> None:
    text = b'a,b\n1,2\n3,"4\n5,6\n7,8\n'
    table = read_table(text, ["b"], Csv(), Limits())
    assert (table.columns["b"].to_pylist(), table.row.tolist()) == (["2", "6", "8"], [0, 2, 3])
    assert [position for position, _ in table.malformed] == [1]


def test_a_quote_within_a_field_is_a_sign_like_any_other() -> None:
    text = b'a,b\n1,hail of 2"\n2,"x, y"\n3,5\'6" tall\n4"","5\n6,7\n'
    table = read_table(text, ["a", "b"], Csv(), Limits())
    assert table.columns["a"].to_pylist() == ["1", "2", "3", "6"]
    assert table.columns["b"].to_pylist() == ['hail of 2"', "x, y", "5'6\" tall", "7"]
    assert [position for position, _ in table.malformed] == [3]


def test_fields_with_line_breaks_are_read_where_the_mapping_says_so() -> None:
    text = b'a,b\n1,"two\nlines"\n3,4\n'
    table = read_table(text, ["a"], Csv(one_line_rows=False), Limits())
    assert table.columns["a"].to_pylist() == ["1", "3"]


@pytest.mark.parametrize("line", [b"1\n", b"{\n"])
def test_a_file_of_malformed_rows_is_refused_instead_of_kept_row_by_row(line: bytes) -> None:
    header = b'{"a": 1}\n' if line == b"{\n" else b"a,b\n"
    assert len(read_table(header + line * 50, ["a"], Csv(), Limits(malformed=50)).malformed) == 50
    with pytest.raises(ObservationFileError, match="more than 50 rows cannot be split into the columns"):
        read_table(header + line * 51, ["a"], Csv(), Limits(malformed=50))


def test_lines_of_json_are_held_against_the_size_of_the_file() -> None:
    with pytest.raises(ObservationFileError, match="64000000 are allowed for a file of its size"):
        read_table(gzip.compress(b"{}\n" * 1_000_001), ["a"], Csv(), Limits())


def test_a_column_with_a_name_without_end_is_told() -> None:
    says = r"name of column 2, '   .*, has 501 characters, more than the 500"
    with pytest.raises(ObservationFileError, match=says):
        read_table(b"a," + b" " * 500 + b"b\n1,2\n", ["a"], Csv(), Limits())


def test_a_mark_of_utf_8_is_no_part_of_a_name() -> None:
    assert read_table("\ufeffa,b\n1,2\n".encode(), ["a"], Csv(), Limits()).columns["a"].to_pylist() == ["1"]


@pytest.mark.parametrize(("window_log", "good"), [(27, True), (28, False), (31, False)])
def test_a_frame_may_not_ask_for_a_window_that_fills_the_memory(window_log: int, good: bool) -> None:
    frame = b"\x28\xb5\x2f\xfd\x00" + bytes([(window_log - 10) << 3]) + b"\x09\x00\x00x"
    if good:
        assert unpack(frame, 1000) == b"x"
    else:
        with pytest.raises(UnpackError, match="cannot be decompressed"):
            unpack(frame, 1000)


def test_a_point_is_as_far_from_a_place_as_on_the_ground() -> None:
    panel = pd.DataFrame({"location_id": ["a"], "latitude": [46.0], "longitude": [7.0]})
    at = np.array([46.1]), np.array([7.0])
    found, _ = nearest(*at, panel, 11.2)
    assert found.pairs["distance_km"].tolist() == pytest.approx([11.12], abs=0.01)
    with pytest.raises(ObservationFileError, match="the nearest is 11 km from a"):
        nearest(*at, panel, 11.0)
