"""What a NetCDF-4 file (HDF5) may hold, looked up before its values are read.

Belongs here: what makes such a file refused. Does not: reading it (table_netcdf).

HDF5 lets a file take its values out of any other file of the machine (external storage, virtual datasets,
links), and have them decoded by libraries that are looked for when they are read. A file of observations
holds its own values, and needs neither. What it claims of its sizes is held against the bounds, since of
values that are all the same next to nothing is stored.
"""

import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from weather_platform.core.observations.table_spec import (
    Limits,
    ObservationFileError,
    check_rows,
    check_size,
)

if TYPE_CHECKING:
    import h5py

# Deflate, shuffle, Fletcher-32, szip, n-bit and scale-offset are HDF5's own; LZF is part of h5py.
_FILTERS = {1, 2, 3, 4, 5, 6, 32_000}
_NUMBER_BYTES, _TEXT_BYTES = 8, 64
_FEW = 32


def check(data: bytes, limits: Limits) -> None:
    """Raises ObservationFileError for a file that is to be refused; h5py's own errors for a damaged one."""
    import h5py  # noqa: PLC0415 - an optional extra

    with h5py.File(io.BytesIO(data), "r") as file:
        # Links first: whoever looks at an object by its name follows them, and these walks follow none.
        # (An error raised within a walk would come out as another.)
        if (link := file.visititems_links(_elsewhere)) is not None:
            raise _refused(link, "is a link to elsewhere")
        objects: list[Any] = [file]
        file.visititems(lambda _name, found: objects.append(found))
        datasets = [found for found in objects if isinstance(found, h5py.Dataset)]
        for dataset in datasets:
            _check_storage(dataset)
        _check_sizes(datasets, limits)
        _check_texts(objects, len(data), limits)


def _elsewhere(name: str, link: Any) -> str | None:
    import h5py  # noqa: PLC0415 - an optional extra

    return None if isinstance(link, h5py.HardLink) else name


def _check_storage(dataset: "h5py.Dataset") -> None:
    import h5py  # noqa: PLC0415 - an optional extra

    how = dataset.id.get_create_plist()
    if how.get_external_count() > 0 or how.get_layout() == h5py.h5d.VIRTUAL:
        raise _refused(dataset.name, "takes its values out of another file")
    if strange := {how.get_filter(i)[0] for i in range(how.get_nfilters())} - _FILTERS:
        raise _refused(dataset.name, f"is packed by a filter (number {min(strange)}) that is not HDF5's own")
    if dataset.dtype.hasobject and (_is_no_text(dataset.dtype) or dataset.ndim > 1):
        raise _refused(dataset.name, "holds lists, references, or texts over several dimensions")


def _check_sizes(datasets: "list[h5py.Dataset]", limits: Limits) -> None:
    # Series are read whole, for they may be indices; of more dimensions only what is wanted is.
    series = [dataset for dataset in datasets if dataset.ndim <= 1]
    check_rows(max((dataset.size or 0 for dataset in series), default=0), limits)
    check_size(sum((dataset.size or 0) * _bytes_each(dataset.dtype) for dataset in series), limits)
    for dataset in datasets:
        # A chunk is unpacked whole, and may be larger than the values in it.
        values = max(dataset.size or 0, math.prod(dataset.chunks or ()))
        check_size(values * dataset.dtype.itemsize, limits)


def _bytes_each(dtype: np.dtype) -> int:
    return _TEXT_BYTES if dtype.hasobject else max(dtype.itemsize, _NUMBER_BYTES)


def _check_texts(objects: list[Any], file_bytes: int, limits: Limits) -> None:
    """Of texts of any length a million may be one and the same in the file, so that only reading them tells
    their size. None is longer than the file, which says how many may be read at once.
    """
    at_once, size = max(_FEW, limits.decompressed_bytes // file_bytes), 0
    for found in objects:
        for name in found.attrs:
            attribute = found.attrs.get_id(name)
            if not attribute.dtype.hasobject:
                continue
            no_text = _is_no_text(attribute.dtype)
            if math.prod(attribute.shape or ()) > (_FEW if no_text else at_once):
                raise _refused(found.name, f"has an attribute {name!r:.80} of too many values")
            size += 0 if no_text else _text_bytes(found.attrs[name])
            check_size(size, limits)
        if getattr(found, "dtype", None) is not None and found.dtype.hasobject:
            for values in [found[()]] if found.ndim == 0 else _parts(found, at_once):
                size += _text_bytes(values)
                check_size(size, limits)


def _parts(dataset: "h5py.Dataset", at_once: int) -> Any:
    return (dataset[first : first + at_once] for first in range(0, len(dataset), at_once))


def _is_no_text(dtype: np.dtype) -> bool:
    import h5py  # noqa: PLC0415 - an optional extra

    return h5py.check_string_dtype(dtype) is None


def _text_bytes(values: Any) -> int:
    return sum(len(value) for value in np.asarray(values, object).ravel() if isinstance(value, str | bytes))


def _refused(name: str | None, what: str) -> ObservationFileError:
    return ObservationFileError(
        f"cannot be read as NetCDF: {name!r:.80} {what}; write a file that holds plain values of its own"
    )
