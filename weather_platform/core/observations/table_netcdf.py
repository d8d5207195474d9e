"""NetCDF: variables over common dimensions, one row for each of their points; of a grid, those nearest to
places.

Read with xarray, which knows the CF conventions (scale, offset, fill values, times); NetCDF-3 by SciPy,
NetCDF-4 by h5netcdf. Both and xarray are the optional extra `netcdf`.
"""

import io
import math
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.observations import netcdf4_file, netcdf_grid
from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.table_spec import (
    Limits,
    ObservationFileError,
    Opened,
    Table,
    check_rows,
    check_size,
)

if TYPE_CHECKING:
    import xarray

_CLASSIC = (b"CDF\x01", b"CDF\x02")
_HDF5 = b"\x89HDF\r\n\x1a\n"


def recognised(data: bytes) -> bool:
    """Whether the first bytes are those of NetCDF-3 or of HDF5."""
    return data.startswith((*_CLASSIC, _HDF5))


def opened(data: bytes, _csv: Csv, limits: Limits) -> Opened:
    """Coordinates and variables, with the units that they state. Raises ObservationFileError."""
    return _opened([_dataset(data, limits)], limits)


def _opened(parts: "Sequence[xarray.Dataset]", limits: Limits) -> Opened:
    """Datasets of the same variables, one after the other."""
    variables = {str(name): variable for name, variable in parts[0].variables.items()}

    def stated(attribute: str) -> dict[str, str]:
        found = {name: variable.attrs.get(attribute) for name, variable in variables.items()}
        return {name: str(value) for name, value in found.items() if value is not None}

    def near(latitude: str, longitude: str, panel: pd.DataFrame) -> Opened:
        if not netcdf_grid.is_grid(parts[0], latitude, longitude):
            return _opened(parts, limits)
        netcdf_grid.check(parts[0], latitude, longitude, limits)
        try:
            return _opened(list(netcdf_grid.near(parts[0], latitude, longitude, panel)), limits)
        except (TypeError, ValueError) as error:
            raise _damaged(error) from error

    units, standard = stated("units"), stated("standard_name")
    return Opened(list(variables), lambda wanted: _all_rows(parts, wanted, limits), units, standard, near)


def _all_rows(parts: "Sequence[xarray.Dataset]", wanted: Sequence[str], limits: Limits) -> Table:
    tables = [_rows(part, wanted, limits) for part in parts]
    if len(tables) == 1:
        return tables[0]
    columns = {name: pa.concat_arrays([table.columns[name] for table in tables]) for name in wanted}
    return Table(columns, np.arange(sum(len(table.row) for table in tables)), [])


def _dataset(data: bytes, limits: Limits) -> "xarray.Dataset":
    try:
        import xarray  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise ObservationFileError(
            "NetCDF needs the extra `netcdf`: pip install 'weather-platform[netcdf]'"
        ) from error
    engine: Any = "h5netcdf" if data.startswith(_HDF5) else "scipy"
    try:
        if engine == "h5netcdf":  # what NetCDF-3 says of its sizes SciPy finds in the file, or fails
            netcdf4_file.check(data, limits)
        return xarray.open_dataset(io.BytesIO(data), engine=engine, cache=False)
    except ObservationFileError:
        raise
    # The libraries below it say what is wrong with a damaged file in all these ways.
    except (AttributeError, IndexError, KeyError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise _damaged(error) from error


def _rows(dataset: "xarray.Dataset", wanted: Sequence[str], limits: Limits) -> Table:
    """Each wanted variable over all dimensions that any of them has."""
    dims: list[Hashable] = list(dict.fromkeys(dim for name in wanted for dim in dataset[name].dims))
    shape = [dataset.sizes[dim] for dim in dims]
    count = math.prod(shape)
    check_rows(count, limits)
    check_size(sum(max(dataset[name].nbytes, 8 * count) for name in wanted), limits)
    try:
        columns = {name: _spread(dataset[name], dims, shape, limits) for name in wanted}
    except ObservationFileError:
        raise
    except (AttributeError, IndexError, KeyError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise _damaged(error) from error
    return Table(columns, np.arange(count), [])


def _spread(
    variable: "xarray.DataArray", dims: Sequence[Hashable], shape: Sequence[int], limits: Limits
) -> pa.Array:
    own = [dim for dim in dims if dim in variable.dims]
    values = variable.transpose(*own).to_numpy()
    if values.dtype.kind in "OSU":
        return _spread_texts(values, [dim in own for dim in dims], shape, limits)
    flat = _over(values, [dim in own for dim in dims], shape)
    if flat.dtype.kind == "M":  # CF, 4.4: a time without a zone is of UTC
        return pa.array(flat.astype("datetime64[us]")).cast(pa.timestamp("us", "UTC"))
    return pa.array(flat)


def _spread_texts(values: np.ndarray, own: Sequence[bool], shape: Sequence[int], limits: Limits) -> pa.Array:
    """Each row gets a copy of its text, so a long one may be a great many bytes."""
    texts = pa.array([_text(value) for value in values.ravel().tolist()], pa.string())
    check_size(texts.nbytes * math.prod(shape) // max(len(texts), 1), limits)
    return texts.take(pa.array(_over(np.arange(len(texts)).reshape(values.shape), own, shape)))


def _over(values: np.ndarray, own: Sequence[bool], shape: Sequence[int]) -> np.ndarray:
    """Values over some of the dimensions, repeated along the others."""
    values = values.reshape([n if mine else 1 for mine, n in zip(own, shape, strict=True)])
    return np.broadcast_to(values, shape).reshape(-1)


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _damaged(error: Exception) -> ObservationFileError:
    return ObservationFileError(
        f"cannot be read as NetCDF: {error!s:.300}; the file is damaged, cut short, or of another convention"
    )
