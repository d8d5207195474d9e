"""Settings that name what there is not, refused before anything is made or started.

Belongs here: asking those who know the names. Does not: the names (core's registries), or settings that are
wrong by themselves (infra.configuration.wrong_settings). Without it a sandbox would be started first, or a UI
opened whose code location cannot be loaded.
"""

from weather_platform.infra.configuration.settings import Settings


def refuse_wrong_names(settings: Settings) -> None:
    """Raises SettingsError for providers and archives that nobody knows."""
    from weather_platform.defs import archives, payloads

    payloads.in_use(settings)
    archives.in_use(settings)
