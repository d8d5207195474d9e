"""Names in the drop box: which are mappings, what a name says of its file, and the keys made of them.

Belongs here: text. Does not: which upload counts (core.uploads.ledger).
"""

import hashlib
import re

from weather_platform.core.file_names import stamp_of

MAPPING_SUFFIX = ".yaml"
FOLDER_MAPPING = "mapping.yaml"
# What names of files begin with that the command line took in.
_IMPORTED = "import"
# Folders below which further ones tell whose the files are, and how far down they do.
_WHOSE = {"replies": 2, "forecasts": 3}


def folders_of(name: str) -> list[str]:
    """Folders of the drop box that a file lies in, the outermost first; none of one that was imported."""
    box, *folders = name.split("/")[:-1] or [""]
    return [] if box == _IMPORTED else folders


def said_by(name: str) -> str:
    """What a name says that its content does not: whose reply or forecast it is, of what time and place."""
    folders = folders_of(name)
    whose = "/".join(folders[1 : _WHOSE[folders[0]]]) if folders and folders[0] in _WHOSE else ""
    return f"{whose}:{name.rpartition('/')[2] if stamp_of(name) or folders[:1] == ['replies'] else ''}"


def upload_key(name: str, ordinal: int, identity: tuple[str, ...]) -> str:
    """Key of an upload; made of signs that every store takes, and no more than 125 of them."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", name.rpartition("/")[2]).strip("._")[:100] or "file"
    digest = hashlib.sha256("\n".join(identity).encode()).hexdigest()
    return f"{safe}@{ordinal:06d}-{digest[:8]}"
