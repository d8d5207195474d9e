"""How a command says that the input, the data or a store is at fault."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from weather_platform.cli.visible import visible


class CommandError(click.ClickException):
    """Exit code 1, one message, no traceback."""

    exit_code = 1

    def format_message(self) -> str:
        """What is printed: the message may name files, whose names may hold a terminal's codes."""
        return visible(self.message)


@contextmanager
def store_faults() -> Iterator[None]:
    """What a disk or a database refuses (it is full, read-only, gone, damaged) as a CommandError with the
    remedy.
    """
    from sqlalchemy.exc import DatabaseError

    try:
        yield
    except (OSError, DatabaseError) as error:
        reason = str(error.orig if isinstance(error, DatabaseError) else error)
        raise CommandError(
            f"a store cannot be used: {reason}; make room or mend it, then run again: what is done is kept"
        ) from error
