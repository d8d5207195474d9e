"""Where people read: the terminal at its own width, a pipe or a log at a fixed one."""

from rich.console import Console

_PIPE_COLUMNS = 100


def console(stderr: bool = False) -> Console:
    """A console on standard output or standard error."""
    made = Console(stderr=stderr)
    if not made.is_terminal:
        made.width = _PIPE_COLUMNS
    return made
