"""One main job at a time on a data folder.

Belongs here: the lock, and what is said to whoever comes second. Does not: how locks are kept
(infra.instance.run_lock). Two of them would store the same replies and tables side by side, and each would
end in the other's way.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from weather_platform.cli.errors import CommandError, store_faults
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.homes.home import home_of
from weather_platform.infra.instance.run_lock import run_lock


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """While this lasts, no other main job works on the data of these settings. Raises CommandError where one
    does already, or where the lock cannot be kept.
    """
    with ExitStack() as stack:
        with store_faults():
            held = stack.enter_context(run_lock(settings, "main job"))
        if not held:
            raise CommandError(
                f"another run is at work on {home_of(settings).where}: wait until it has ended, or set "
                "WEATHER_DATA_DIR to another folder"
            )
        yield
