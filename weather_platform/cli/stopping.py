"""Ctrl-C, or a service manager's SIGTERM, as it is meant: one line, exit code 130 or 143, and nothing that
reads like a crash.

Belongs here: knowing that it was one of them. Does not: what is left undone (every stage goes on where it
was).
"""

import logging
import os
import signal
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import click

_LOOPS = logging.getLogger("asyncio")


class Stopped(click.ClickException):
    """The command was stopped by that signal."""

    def __init__(self, by: signal.Signals) -> None:
        super().__init__("Stopped; run again to go on.")
        self._by = by

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """As shells have it."""
        return 128 + self._by

    def show(self, file: Any = None) -> None:
        """The line alone, on standard error: it is no error."""
        click.echo(self.message, file=file, err=True)


class Stoppable:
    """A block that Ctrl-C and SIGTERM end with Stopped, whatever the libraries inside make of it: Dagster
    gives SIGINT a handler of its own and tells of a step that failed, or of nothing where it falls between
    two of its steps; a group of tasks wraps what that raises; DuckDB has an error of its own. So the signal
    itself is looked at: Python writes each that it receives to one file descriptor, whoever handles it.
    SIGTERM is handled as SIGINT is: by itself it would end us at once, and leave behind what we started. Main
    thread only.

    What an event loop says of a connection that the signal broke off is not told: it takes what a handler
    raises within a write for a fault of the connection.
    """

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        self._received = b""
        self._before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._at_sigterm = signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
        _LOOPS.addFilter(self._goes_on)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Raises Stopped where there was such a signal."""
        _LOOPS.removeFilter(self._goes_on)
        signal.signal(signal.SIGTERM, self._at_sigterm)
        signal.set_wakeup_fd(self._before)
        os.close(self._write)
        try:
            self.check()
        finally:
            os.close(self._read)

    def check(self) -> None:
        """Raises Stopped where there was such a signal that nobody has answered."""
        if (stop := self._stop()) is not None:
            raise Stopped(stop)

    def _stop(self) -> signal.Signals | None:
        with suppress(BlockingIOError):  # no signal since the last look
            self._received += os.read(self._read, 4096)
        return next((stop for stop in (signal.SIGINT, signal.SIGTERM) if stop in self._received), None)

    def _goes_on(self, _record: logging.LogRecord) -> bool:
        return self._stop() is None
