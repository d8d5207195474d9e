"""A data folder that is not there: said, before a command that looks at it makes an empty one.

Belongs here: the line. Does not: whether the command goes on. A folder is most often absent because
WEATHER_DATA_DIR is not what was meant.
"""

import click

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.homes.home import home_of


def note_new_folder(settings: Settings) -> None:
    """A line on standard error where the data folder of these settings does not exist yet."""
    folder = home_of(settings).folder
    if folder is not None and not folder.exists():
        click.echo(
            f"{folder} did not exist and is made now, empty; WEATHER_DATA_DIR says which folder is meant",
            err=True,
        )
