"""Keys of providers in the environment: `WEATHER_<PROVIDER>_KEY` each.

Belongs here: how a key is called. Does not: who wants one (a provider's `auth`), or how it is sent (http).
Keys of whomever are taken, since settings know no providers (see named_providers).
"""

import os

_PREFIX, _SUFFIX = "weather_", "_key"


def setting_of(provider: str) -> str:
    """The setting that holds a provider's key."""
    return provider + _SUFFIX


def variable_of(provider: str) -> str:
    """The variable that sets it."""
    return (_PREFIX + setting_of(provider)).upper()


def keys_set() -> dict[str, str]:
    """Every key by its setting; one that is empty is none."""
    lower = {name.lower(): value for name, value in os.environ.items() if value}
    keys = {name for name in lower if name.startswith(_PREFIX) and name.endswith(_SUFFIX)}
    return {name.removeprefix(_PREFIX): lower[name] for name in sorted(keys)}
