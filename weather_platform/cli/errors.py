"""How a command says that the input or the data is at fault."""

import click


class CommandError(click.ClickException):
    """Exit code 1, one message, no traceback."""

    exit_code = 1
