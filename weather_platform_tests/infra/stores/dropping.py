"""Files dropped for tests, some that may not be read, and what a look from the beginning makes of them."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from weather_platform.core.uploads.ledger import Ledger
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.stores.drop_box import Budget, look
from weather_platform.infra.stores.upload_store import UploadStore


def drop(objects_folder: Path, name: str, text: str) -> None:
    path = objects_folder / "objects" / "drop_box" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text)


def whole_look(objects: LocalObjects) -> Ledger:
    """As the next process would: nothing is remembered but the store."""
    store = UploadStore(objects)
    assert look(objects, store, "", Budget()).cursor == ""
    return UploadStore(objects).ledger()


def contents(objects: LocalObjects, ledger: Ledger) -> dict[str, bytes]:
    store = UploadStore(objects)
    kept = {name: upload for name, key in ledger.newest.items() if (upload := ledger.uploads[key]).content}
    return {name: store.load(upload) for name, upload in kept.items()}


def forbid(patched: pytest.MonkeyPatch, *names: str) -> None:
    """Files that this process may not open, also where it is the superuser's."""
    real: Any = os.open

    def opened(path: Any, *args: Any, **kwargs: Any) -> int:
        if path in names:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return int(real(path, *args, **kwargs))

    patched.setattr(os, "open", opened)


def close(patched: pytest.MonkeyPatch, *names: str) -> None:
    """Folders that this process may not look into, also where it is the superuser's."""
    real: Any = os.scandir

    def scanned(path: Any) -> Any:
        if Path(path).name in names:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path)

    patched.setattr(os, "scandir", scanned)
