"""Keys of providers in the environment: `WEATHER_<PROVIDER>_KEY` each.

Belongs here: how a key is called. Does not: who wants one (a provider's `auth`), or how it is sent (http).
Keys of whomever are taken, since settings know no providers (see named_providers).
"""

import os

from weather_platform.infra.configuration.wrong_settings import PREFIX

_SUFFIX = "_key"


def setting_of(provider: str) -> str:
    """The setting that holds a provider's key."""
    return provider + _SUFFIX


def variable_of(provider: str) -> str:
    """The variable that sets it."""
    return PREFIX + setting_of(provider).upper()


def keys_set() -> dict[str, str]:
    """Every key by its setting; one that is empty is none."""
    ours = {name: value for name, value in os.environ.items() if value and name.upper().startswith(PREFIX)}
    settings = {name[len(PREFIX) :].lower(): value for name, value in sorted(ours.items())}
    return {name: value for name, value in settings.items() if name.endswith(_SUFFIX)}
