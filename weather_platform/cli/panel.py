"""The panel of the settings, for commands that count or ask by place."""

from weather_platform.cli.errors import CommandError
from weather_platform.core.places import Place
from weather_platform.infra.configuration.settings import Settings


def panel_places(settings: Settings) -> list[Place]:
    """Places of both files of the settings. Raises CommandError naming the file that cannot be read."""
    from weather_platform.core.panel.places_file import PanelError, panel, places_of

    try:
        return places_of(panel(settings.locations_file, settings.lattice_file))
    except PanelError as error:
        raise CommandError(str(error)) from error
