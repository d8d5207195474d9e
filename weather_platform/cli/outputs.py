"""Files that a command is asked to write.

Belongs here: refusing those that cannot be written, before minutes of work. Does not: writing.
"""

from pathlib import Path

from weather_platform.cli.errors import CommandError


def must_have_folder(out: Path) -> None:
    """Raises CommandError where the folder of `out` is none."""
    if not out.parent.is_dir():
        raise CommandError(f"{out}: there is no folder {out.parent}; make it, or name another file")
