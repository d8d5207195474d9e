"""Files that a command is asked to write.

Belongs here: refusing those that cannot be written, before minutes of work, and writing rows. Does not: which
rows.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weather_platform.cli.errors import CommandError

if TYPE_CHECKING:
    import pandas as pd

STANDARD_OUTPUT = "-"
WRITTEN_AS = (
    "a .parquet or .csv file. In CSV, text that a spreadsheet would run as a formula gets an apostrophe."
)


def must_have_folder(out: Path) -> None:
    """Raises CommandError where the folder of `out` is none."""
    if not out.parent.is_dir():
        raise CommandError(f"{out}: there is no folder {out.parent}; make it, or name another file")


def must_be_of_rows(out: str, option: str) -> None:
    """Raises UsageError where a name says neither Parquet nor CSV nor standard output, and CommandError where
    there is no such folder."""
    if out != STANDARD_OUTPUT and Path(out).suffix not in (".parquet", ".csv"):
        raise click.UsageError(f"{option} {out}: the name must end in .parquet or .csv")
    must_have_folder(Path(out))


def write_rows(frame: "pd.DataFrame", out: str) -> None:
    """As `out` is named, a CSV on standard output. Raises CommandError where it cannot be written."""
    from weather_platform.core.export import neutralised

    try:
        if out.endswith(".parquet"):
            frame.to_parquet(out, index=False)
        else:
            neutralised(frame).to_csv(sys.stdout if out == STANDARD_OUTPUT else out, index=False)
    except BrokenPipeError:  # whoever reads has enough, as `head` has: click ends on it without a word
        raise
    except OSError as error:
        raise CommandError(f"{out}: cannot be written: {error}") from error
