"""The providers that `WEATHER_PROVIDERS` names.

Belongs here: names as providers. Does not: which of them may be asked (defs.payloads), or the names
themselves (core.providers.registry, which the settings cannot know: it takes NumPy, and the service of
deploy/ has none).
"""

from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Provider
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.configuration.wrong_settings import SettingsError


def named(settings: Settings) -> list[Provider]:
    """Those that are named, in that order; every one where none is. Raises SettingsError for a name that no
    provider has.
    """
    if unknown := [name for name in settings.providers if name not in PROVIDERS]:
        raise SettingsError(f"WEATHER_PROVIDERS names {', '.join(unknown)}; known are {', '.join(PROVIDERS)}")
    return [PROVIDERS[name] for name in settings.providers or PROVIDERS]
