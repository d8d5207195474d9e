"""Where people read: the terminal at its own width, a pipe or a log at a fixed one."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from weather_platform.cli.visible import visible

_PIPE_COLUMNS = 100
_ANY_TABLE = 1000
_T = TypeVar("_T")


class _Console(Console):
    """Rich's, with the text of tables and lines made visible before Rich adds codes of its own."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Every text that is printed, alone or in a table, comes by here."""
        return super().render_str(visible(text), **options)


def console(stderr: bool = False) -> Console:
    """A console on standard output or standard error."""
    made = _Console(stderr=stderr)
    if not made.is_terminal:
        made.width = _PIPE_COLUMNS
    return made


def print_whole(on: Console, table: Table) -> None:
    """A table of numbers at its own width. In a narrower terminal its lines wrap, which is ugly and loses
    nothing; Rich would cut digits off, and `2.…` is no number.
    """
    needed = Measurement.get(on, on.options.update_width(_ANY_TABLE), table).maximum
    _Console(file=on.file, width=max(on.width, needed)).print(table)


def working(at: str) -> AbstractContextManager[object]:
    """Shows on a terminal's standard error what is being done: to load libraries and ask stores takes
    seconds, and silence looks like a standstill. Nothing is left of it, and no log has it.
    """
    return console(stderr=True).status(at)


def tracked(items: Sequence[_T], what: str) -> Iterable[_T]:
    """The items, with a bar on a terminal's standard error that says how far it is."""
    from rich.progress import track

    on = console(stderr=True)
    return track(items, what, console=on, transient=True, disable=not on.is_terminal)
