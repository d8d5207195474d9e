"""Every format gives the same rows, within bounds, whatever is done to its bytes."""

import gzip
import io
import json
import pickle
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xarray
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.table import (
    Limits,
    ObservationFileError,
    Table,
    open_table,
    read_table,
)

FRAME = pd.DataFrame(
    {
        "time": pd.to_datetime(["2026-08-01T00", "2026-08-01T01", "2026-08-01T02"], utc=True),
        "place": ["a", "b", None],
        "temp": [1.5, np.nan, -3.0],
    }
)


def as_parquet(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.to_parquet(sink)
    return sink.getvalue()


def as_json(frame: pd.DataFrame) -> bytes:
    return str(frame.to_json(orient="records", lines=True, date_format="iso")).encode()


def as_csv(frame: pd.DataFrame) -> bytes:
    return str(frame.to_csv(index=False)).encode()


def as_netcdf(folder: Path, engine: str) -> bytes:
    """Two places over three hours, packed as CF allows: integers with scale, offset and fill value."""
    dataset = xarray.Dataset(
        {"t2m": (("time", "place"), [[1.5, 10], [2, np.nan], [3, 30]], {"units": "degC"})},
        {"time": pd.date_range("2026-08-01", periods=3, freq="h"), "place": ["a", "b"]},
    )
    packed = {"t2m": {"dtype": "int16", "scale_factor": 0.5, "add_offset": 5.0, "_FillValue": -99}}
    dataset.to_netcdf(folder / "file.nc", engine=engine, encoding=packed)  # type: ignore[call-overload]
    return (folder / "file.nc").read_bytes()


def texts(table: Table, name: str) -> list[str | None]:
    return list(table.columns[name].cast(pa.string()).to_pylist())


@pytest.mark.parametrize("write", [as_parquet, as_json, as_csv])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_formats_and_their_compression_are_told_apart_by_content(write, pack) -> None:  # type: ignore[no-untyped-def]
    data = pack(write(FRAME))
    assert list(open_table(data, Csv(), Limits()).names) == ["time", "place", "temp"]
    table = read_table(data, ["temp", "place"], Csv(), Limits())
    assert texts(table, "place") == ["a", "b", None]
    assert pd.to_numeric(pd.Series(texts(table, "temp"))).tolist()[::2] == [1.5, -3]
    assert table.row.tolist() == [0, 1, 2]


@pytest.mark.parametrize("engine", ["scipy", "h5netcdf"])
def test_netcdf_is_unpacked_and_spread_over_its_dimensions(tmp_path: Path, engine: str) -> None:
    data = as_netcdf(tmp_path, engine)
    opened = open_table(data, Csv(), Limits())
    assert set(opened.names) == {"time", "place", "t2m"} and opened.units["t2m"] == "degC"
    table = read_table(data, ["time", "place", "t2m"], Csv(), Limits())
    assert texts(table, "place") == ["a", "b"] * 3
    assert table.columns["t2m"].to_numpy(zero_copy_only=False).tolist()[::2] == [1.5, 2, 3]
    assert str(table.columns["time"].type) == "timestamp[us, tz=UTC]"
    assert table.columns["time"][5].as_py() == pd.Timestamp("2026-08-01T02Z")
    with pytest.raises(ObservationFileError, match="6 rows, more than the 5"):
        read_table(data, ["t2m"], Csv(), Limits(rows=5))
    for cut in (50, len(data) // 2):
        with pytest.raises(ObservationFileError, match=r"cannot be read as NetCDF|no column"):
            read_table(data[:cut], ["t2m"], Csv(), Limits())


def test_json_lines_keep_their_place_past_those_that_are_none() -> None:
    text = b'\xef\xbb\xbf{"a": 1, "b": {"c": [true]}}\n\nnot json\n[1]\n{"a": "x"}\n{"b": 1e-3, "a": null}'
    table = read_table(text, ["a", "b"], Csv(), Limits())
    assert table.columns["a"].to_pylist() == ["1", "x", None]
    assert table.columns["b"].to_pylist() == ['{"c":[true]}', None, "0.001"]
    assert table.row.tolist() == [0, 3, 4]
    assert table.malformed == [(1, "not json"), (2, "[1]")]


def test_a_nan_of_json_lines_is_no_value_and_spoils_no_row() -> None:
    """Found by trying: Python writes it bare, and the whole line was no JSON object."""
    first = json.dumps({"a": np.nan, "b": 'a "NaN" is', "c": [np.nan, 10**30]})
    second = json.dumps({"a": np.inf, "b": "NaN", "c": -np.inf})
    torn = ['{"a": aNaN}', '{"a": NaN', '{"NaN', '{"a": -NaN}', "{NaN: 1}"]
    table = read_table("\n".join([first, second, *torn]).encode(), ["a", "b", "c"], Csv(), Limits())
    assert table.columns["a"].to_pylist() == [None, "Infinity"]
    assert table.columns["b"].to_pylist() == ['a "NaN" is', "NaN"]
    assert table.columns["c"].to_pylist() == ["[null,1e+30]", "-Infinity"]
    assert [text for _, text in table.malformed] == torn


def test_a_value_that_stands_once_in_parquet_is_counted_as_often_as_it_is_used() -> None:
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), pa.array(["x" * 100_000]))
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": text}), sink, compression="zstd")
    assert len(sink.getvalue()) < 10_000
    with pytest.raises(ObservationFileError, match="64000000 are allowed for a file of its size"):
        read_table(sink.getvalue(), ["a"], Csv(), Limits())
    assert len(read_table(sink.getvalue(), ["a"], Csv(), Limits(free_bytes=110_000_000)).row) == 1_000


def test_rows_of_parquet_are_held_against_the_size_of_the_file() -> None:
    """Dictionaries and runs make of a value that comes a million times next to nothing."""
    sink = io.BytesIO()
    pq.write_table(pa.table({name: np.ones(1_000_000) for name in "ab"}), sink, compression="zstd")
    assert len(sink.getvalue()) < 10_000
    bounds = Limits(free_bytes=10_000_000)
    assert len(read_table(sink.getvalue(), ["a"], Csv(), bounds).row) == 1_000_000
    with pytest.raises(ObservationFileError, match="16000000 bytes or more, and 10000000 are allowed"):
        read_table(sink.getvalue(), ["a", "b"], Csv(), bounds)


@pytest.mark.parametrize("column", [pa.array([[1.0]]), pa.array([{"x": 1}]), pa.array([b"12"])])
def test_columns_of_parquet_whose_values_have_no_size_are_refused(column: pa.Array) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": column, "b": [1.0]}), sink)
    with pytest.raises(ObservationFileError, match="'a' holds lists, structures or bytes"):
        read_table(sink.getvalue(), ["a"], Csv(), Limits())
    assert len(read_table(sink.getvalue(), ["b"], Csv(), Limits()).row) == 1


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_texts_of_parquet_may_be_of_any_of_arrows_types(kind: pa.DataType) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array(["x", None], kind)}), sink)
    assert texts(read_table(sink.getvalue(), ["a"], Csv(), Limits()), "a") == ["x", None]


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(ObservationFileError, match="columns, more than the 4000"):
        open_table(b"," * 5_000 + b"\n", Csv(), Limits())


class Detonator:
    """Whoever unpickles it finds a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path(self.path),)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    bomb = pickle.dumps(Detonator(str(tmp_path / "boom")))
    npz = io.BytesIO()
    np.savez(npz, a=np.array([Detonator(str(tmp_path / "boom"))], dtype=object))
    frame = as_parquet(pd.DataFrame({"a": [bomb], "b": [1.0]}))
    table = pa.table({"a": [bomb]}, pa.schema([("a", pa.binary())], metadata={"pandas": json.dumps({})}))
    extension = pa.schema(
        [
            pa.field(
                "a",
                pa.binary(),
                metadata={
                    "ARROW:extension:name": "arrow.py_extension_type",
                    "ARROW:extension:metadata": bomb,
                },
            )
        ]
    )
    sink = io.BytesIO()
    pq.write_table(table.cast(extension), sink)
    for data in (bomb, npz.getvalue(), frame, sink.getvalue()):
        with suppress(ObservationFileError):
            read_table(data, ["a"], Csv(), Limits())
    assert not (tmp_path / "boom").exists()


seeds = st.sampled_from([as_parquet(FRAME), as_json(FRAME), as_csv(FRAME), gzip.compress(as_csv(FRAME))])
edits = st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=4)), max_size=6)


@given(seeds | st.binary(max_size=300), edits, st.integers(0, 5_000))
def test_whatever_is_done_to_a_file_it_is_read_or_refused(
    data: bytes, changes: list[tuple[int, bytes]], cut: int
) -> None:
    damaged = bytearray(data)
    for at, new in changes:
        start = at % (len(damaged) + 1)
        damaged[start : start + len(new)] = new
    damaged = damaged[: max(0, len(damaged) - cut % 40)]
    try:
        table = read_table(bytes(damaged), ["temp", "place"], Csv(), Limits(rows=10_000))
    except ObservationFileError as error:
        assert str(error)
    else:
        assert {len(column) for column in table.columns.values()} == {len(table.row)}
