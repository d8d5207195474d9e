"""What the flow does on a disk that is full, then has room, then is read-only: told as JSON.

    unshare --map-root-user --mount python -m weather_platform_tests.small_disk SETTINGS_JSON

Belongs here: what runs in a mount namespace of its own, on a real file system in memory. Does not: any
expectation (defs.test_machine_faults).
"""

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from weather_platform.cli.main import cli
from weather_platform.infra.configuration.settings import Settings
from weather_platform_tests.defs.test_killed import in_place, whole
from weather_platform_tests.platform_fixtures import cycles, run_job

SMALL, LARGE = "size=250k", "size=64m"


def main() -> None:
    """Live through it and print what happened."""
    settings = Settings(**json.loads(sys.argv[1]))
    disk = settings.data_dir.parent
    told: dict[str, object] = {}
    mount("-t", "tmpfs", "-o", SMALL, "tmpfs", str(disk))
    told["full"] = fault(lambda: whole(settings))
    told["left"] = in_place(settings)
    command = CliRunner().invoke(cli, ["run", "--days", "20"], env={"WEATHER_DATA_DIR": str(disk / "cli")})
    told["command"] = [command.exit_code, command.output[-600:]]
    mount("-t", "tmpfs", "-o", f"remount,{LARGE}", "tmpfs", str(disk))
    whole(settings)
    told["completed"] = in_place(settings)
    mount("-t", "tmpfs", "-o", f"remount,ro,{LARGE}", "tmpfs", str(disk))
    told["read_only"] = fault(lambda: run_job(settings, "fetch", cycles(1, 1)[:1]))
    told["doctor"] = CliRunner().invoke(cli, ["doctor", "--json"], obj=settings).output
    told["kept"] = in_place(settings)
    print(json.dumps(told))  # noqa: T201 - this is the result


def mount(*arguments: str) -> None:
    """The command of that name; nothing of it outlives this process's namespace. A remount names the source
    too, else it adds the user's number, which the namespace does not know unless that is root's.
    """
    subprocess.run(["/usr/bin/mount", *arguments], check=True)  # noqa: S603 - our own arguments


def fault(do: Callable[[], object]) -> list[str]:
    """Name and text of what the operating system refused; nothing where it refused nothing."""
    try:
        do()
    except OSError as error:
        return [errno.errorcode[error.errno or 0], str(error).replace(str(Path.cwd()), "")]
    return []


if __name__ == "__main__":
    main()
