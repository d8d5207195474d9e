"""Files dropped for tests, and what a look from the beginning makes of them."""

from pathlib import Path

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
