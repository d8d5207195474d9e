"""What a file is called until it is whole, and how one is replaced by another at once.

Belongs here: the one such name that all our writers of files use. Does not: objects, which are written once
(local_objects), or when what a killed writer left goes (infra.instance.pruning).

A file is written beside its place, under its own name, `~` and sixteen random hexadecimal digits. No two
writers share such a name, whatever machine or container they are in, and nothing whole that is ours has it:
no object may have `~` in its name, and tables and what is published have endings. What people drop may be
called anything.
"""

import os
import re
from pathlib import Path

_NAME = re.compile(r".+~[0-9a-f]{16}", re.DOTALL)


def unfinished(path: Path) -> Path:
    """A new name for what is to become the file `path`."""
    return path.with_name(f"{path.name}~{os.urandom(8).hex()}")


def replace(path: Path, data: bytes | memoryview) -> None:
    """Make the file hold these bytes, by renaming a finished one onto it: readers see the old or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = unfinished(path)
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def is_unfinished(name: str) -> bool:
    """Whether a file of that name, in a folder that only our writers write to, is not whole."""
    return _NAME.fullmatch(name) is not None
