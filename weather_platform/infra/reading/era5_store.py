"""The Zarr store of ERA5, opened where the settings say.

Belongs here: reaching the store without an account. Does not: what is read of it (core.history.era5). Needs
the extra `era5` (xarray, zarr, obstore).
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray as xr

_NEEDED = ("xarray", "zarr", "obstore")


class Era5StoreError(Exception):
    """The store cannot be opened; the text says why, and what to do."""


def missing_packages() -> list[str]:
    """Packages of the extra that are not installed."""
    return [name for name in _NEEDED if find_spec(name) is None]


def read_errors() -> tuple[type[Exception], ...]:
    """What reading a chunk may raise: the store does not answer, after its client's own retries, or the chunk
    cannot be decoded (codecs raise RuntimeError and ValueError).
    """
    from obstore.exceptions import BaseError

    return (BaseError, OSError, RuntimeError, ValueError)


def open_store(url: str) -> "xr.Dataset":
    """The store at `gs://…` (a public bucket, read without credentials), `https://…` or, for a stand-in,
    `http://127.0.0.1…`. Only its metadata and axes are read. Raises Era5StoreError.
    """
    import xarray as xr
    from obstore.exceptions import BaseError
    from obstore.store import from_url
    from zarr.storage import ObjectStore

    options: dict[str, Any] = {"skip_signature": True} if url.startswith("gs://") else {}
    if url.startswith("http://"):
        options["client_options"] = {"allow_http": True}
    try:
        store = ObjectStore(from_url(url, **options), read_only=True)
        return xr.open_zarr(store, consolidated=True, chunks=None, zarr_format=2)
    except (BaseError, OSError, ValueError, KeyError) as error:
        raise Era5StoreError(f"{url}: cannot be opened ({error!r:.200}); see WEATHER_ERA5_URL") from error
