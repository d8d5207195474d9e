"""NetCDF files that reach for other files, or claim to be far more than they are, are refused before they
are read.
"""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import h5netcdf
import h5py
import numpy as np
import pytest
import xarray

from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.table import Limits, ObservationFileError, open_table, read_table
from weather_platform.core.panel.places_file import read_panel

SECRET = np.array([11.5, 22.25, 33.125, -7.0], "f4")
SIZE = "are allowed for a file of its size"


def made(
    hours: int = 4, *more: tuple[str, tuple[str, ...], Mapping[str, object]], **sizes: int | None
) -> Callable[..., bytes]:
    """A NetCDF-4 file of that many hours, and what is done to it with h5py."""
    file = io.BytesIO()
    with h5netcdf.File(file, "w") as new:
        new.dimensions = {"time": hours, **sizes}
        packed = {"chunks": (min(hours, 1 << 20),), "compression": "gzip"}
        new.create_variable("time", ("time",), "f8", **packed).attrs["units"] = "hours since 2026-01-01"
        for name, dims, how in more:
            new.create_variable(name, dims, **how)

    def changed(change: Callable[[h5py.File], object] = lambda _file: None) -> bytes:
        with h5py.File(file, "r+") as again:
            change(again)
        return file.getvalue()

    return changed


def over_time(file: h5py.File, dataset: h5py.Dataset) -> None:
    dataset.dims[0].attach_scale(file["time"])


def external(file: h5py.File, at: Path) -> None:
    over_time(file, file.create_dataset("t", (4,), "f4", external=[(str(at / "secret"), 0, 16)]))


def external_index(file: h5py.File, at: Path) -> None:
    """Indices are read as soon as a file is opened."""
    del file["time"]
    file.create_dataset("time", (4,), "f4", external=[(str(at / "secret"), 0, 16)]).make_scale("time")


def virtual(file: h5py.File, at: Path) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource(at / "other.h5", "x", (4,))
    over_time(file, file.create_virtual_dataset("t", layout))


def linked(file: h5py.File, at: Path) -> None:
    file["t"] = h5py.ExternalLink(at / "other.h5", "/x")


def linked_in_a_group(file: h5py.File, at: Path) -> None:
    file.create_group("g")["t"] = h5py.ExternalLink(at / "other.h5", "/x")


def linked_by_name(file: h5py.File, _at: Path) -> None:
    file["t"] = h5py.SoftLink("/time")


@pytest.mark.parametrize(
    "how",
    [external, external_index, virtual, linked, linked_in_a_group, linked_by_name],
    ids=lambda f: f.__name__,
)
def test_no_value_comes_out_of_another_file(tmp_path: Path, how: Callable[[h5py.File, Path], None]) -> None:
    SECRET.tofile(tmp_path / "secret")
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["x"] = SECRET
    data = made()(lambda file: how(file, tmp_path))
    with pytest.raises(ObservationFileError, match=r"another file|link to elsewhere") as refused:
        read_table(data, ["time"], Csv(), Limits())
    assert "11.5" not in str(refused.value)


def test_a_group_within_itself_is_walked_once() -> None:
    def loop(file: h5py.File) -> None:
        group = file.create_group("g")
        group["itself"] = group

    assert len(read_table(made()(loop), ["time"], Csv(), Limits()).row) == 4


def test_only_filters_of_hdf5_itself_are_used() -> None:
    def plugged(file: h5py.File) -> None:
        how = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        how.set_chunk((4,))
        how.set_filter(32_015, h5py.h5z.FLAG_OPTIONAL)  # zstd's number, a plug-in's
        h5py.h5d.create(file.id, b"t", h5py.h5t.NATIVE_FLOAT, h5py.h5s.create_simple((4,)), how)

    with pytest.raises(ObservationFileError, match=r"filter \(number 32015\) that is not HDF5's own"):
        open_table(made()(plugged), Csv(), Limits())


def test_what_a_file_claims_of_its_sizes_is_held_against_its_own() -> None:
    with pytest.raises(ObservationFileError, match="60000000 rows, more than the 50000000"):
        open_table(made(60_000_000)(), Csv(), Limits())
    with pytest.raises(ObservationFileError, match=SIZE):
        open_table(made(9_000_000)(), Csv(), Limits())
    field = ("t", ("time", "x"), {"dtype": "f4", "chunks": (1, 1 << 10)})
    assert open_table(made(4_000, field, x=4_000)(), Csv(), Limits()).names
    with pytest.raises(ObservationFileError, match=SIZE):
        open_table(made(5_000, field, x=4_000)(), Csv(), Limits())
    chunk = ("t", ("x",), {"dtype": "f8", "chunks": (20_000_000,)})
    with pytest.raises(ObservationFileError, match=SIZE):
        open_table(made(4, chunk, x=None)(), Csv(), Limits())


def test_rows_over_dimensions_that_no_value_spans_are_bounded_too() -> None:
    y = ("y", ("y",), {"dtype": "f8"})
    with pytest.raises(ObservationFileError, match=SIZE):
        read_table(made(4_000, y, y=4_000)(), ["time", "y"], Csv(), Limits())


def same_text(data: bytes, count: int) -> bytes:
    """The file with every text of its dataset `s` the first one: where it stands is 16 bytes."""
    with h5py.File(io.BytesIO(data), "r") as file:
        at = file["s"].id.get_offset()
    return data[:at] + data[at : at + 16] * count + data[at + 16 * count :]


def test_a_text_that_stands_once_is_counted_as_often_as_it_is_used() -> None:
    def texts(file: h5py.File) -> None:
        file.create_dataset("s", (2_000,), h5py.string_dtype())[0] = "x" * 50_000

    with pytest.raises(ObservationFileError, match=SIZE):
        open_table(same_text(made()(texts), 2_000), Csv(), Limits())


def test_a_text_along_a_dimension_is_counted_row_by_row() -> None:
    def texts(file: h5py.File) -> None:
        over_time(file, file.create_dataset("s", (4,), data=["x" * 10_000] * 4, dtype=h5py.string_dtype()))

    data = made(4, ("y", ("y",), {"dtype": "f8"}), y=2_000)(texts)
    assert len(read_table(data, ["s", "time"], Csv(), Limits()).row) == 4
    with pytest.raises(ObservationFileError, match=SIZE):
        read_table(data, ["s", "y"], Csv(), Limits())


def test_attributes_are_counted() -> None:
    def some(file: h5py.File) -> None:
        for i in range(20):
            file.attrs[f"a{i}"] = ["x" * 10_000] * 5

    assert open_table(made()(some), Csv(), Limits(free_bytes=1_000_000)).names
    with pytest.raises(ObservationFileError, match=SIZE):
        open_table(made()(some), Csv(), Limits(decompressed_bytes=900_000))

    def many(file: h5py.File) -> None:
        file.attrs.create("a", [b""] * 4_000, dtype=h5py.string_dtype())

    with pytest.raises(ObservationFileError, match="attribute 'a' of too many values"):
        open_table(made()(many), Csv(), Limits(free_bytes=1_000_000, ratio=1))
    empty = made()(lambda file: file.attrs.create("a", h5py.Empty("S1")))
    assert list(open_table(empty, Csv(), Limits()).names) == ["time"]


PANEL = read_panel()


def test_a_grid_of_more_points_than_can_be_searched_is_refused() -> None:
    sides = [(name, (name,), {"dtype": "f8"}) for name in ("latitude", "longitude")]
    opened = open_table(made(2, *sides, latitude=3, longitude=60_000)(), Csv(), Limits())
    assert opened.near is not None
    with pytest.raises(ObservationFileError, match="axis 'longitude' has 60000 points"):
        opened.near("latitude", "longitude", PANEL)
    curved = [(name, ("y", "x"), {"dtype": "f4"}) for name in ("latitude", "longitude")]
    opened = open_table(made(2, *curved, y=1_000, x=1_000)(), Csv(), Limits(ratio=1))
    assert opened.near is not None
    with pytest.raises(ObservationFileError, match=SIZE):
        opened.near("latitude", "longitude", PANEL)


def test_a_classic_file_that_claims_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    xarray.Dataset({"t": ("n", np.zeros(7))}).to_netcdf(tmp_path / "a.nc", engine="scipy")
    data = (tmp_path / "a.nc").read_bytes()
    # The length of the dimension stands behind its name; 7 becomes a billion, as does the variable's size.
    at = data.index(b"\x00\x00\x00\x01n\x00\x00\x00") + 8
    hostile = data[:at] + (10**9).to_bytes(4, "big") + data[at + 4 :]
    for changed in (hostile, hostile.replace((56).to_bytes(4, "big"), (2**31 - 8).to_bytes(4, "big"))):
        assert changed != data
        with pytest.raises(ObservationFileError, match="cannot be read as NetCDF"):
            read_table(changed, ["t"], Csv(), Limits())
