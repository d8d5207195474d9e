"""The command that opens what was just made, as it can be pasted into the same terminal.

Belongs here: how this program is called, and the settings as words of a shell. Does not: what was made (run).
"""

import os
import shlex
import shutil
import sys
from pathlib import Path

from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings

_NAME = "weather-platform"
# The sandbox's address is of a process that is gone by then.
_GONE = {"sandbox_url"}


def command(arguments: str, settings: Settings) -> str:
    """`weather-platform` with these arguments, after every setting that is not as by default; secrets stay in
    the environment, where they are.
    """
    changed = settings.model_dump(mode="json", exclude_defaults=True)
    shown = {"data_dir": str(settings.data_dir)} | {
        name: value
        for name, value in changed.items()
        if name not in _GONE and not isinstance(getattr(settings, name), SecretStr)
    }
    words = [f"WEATHER_{name.upper()}={shlex.quote(_text(value))}" for name, value in shown.items()]
    return " ".join([*words, shlex.quote(_program()), arguments])


def _program() -> str:
    """Its name where the shell would find this very one, else its path: `make run` installs into a folder
    that is on nobody's PATH.
    """
    ours, found = Path(sys.executable).parent / _NAME, shutil.which(_NAME)
    if not ours.exists() or (found and Path(found).absolute() == ours):
        return _NAME
    return os.path.relpath(ours) if ours.is_relative_to(Path.cwd()) else str(ours)


def _text(value: object) -> str:
    """As the settings read it from the environment."""
    if isinstance(value, dict):
        return ",".join(f"{name}={one}" for name, one in value.items())
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
