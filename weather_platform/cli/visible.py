"""Text from outside on a terminal: names of files, and of what is in them, may hold codes that move the
cursor, colour, or rename the window.

Belongs here: what is printed instead. Does not: tables (terminal), or data on standard output, which stay as
they are.
"""

import click


def visible(text: str) -> str:
    """The text with whatever is not printable, line ends aside, as an escape like \\x1b."""
    return "".join(
        character if character.isprintable() or character == "\n" else _escape(character)
        for character in text
    )


def echo(text: str, *, err: bool = False) -> None:
    """As click's, visibly."""
    click.echo(visible(text), err=err)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
