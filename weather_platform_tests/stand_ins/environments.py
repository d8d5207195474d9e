"""Virtual environments of stand-ins: made once from a lock with hashes, kept in the user's cache, shared by
every checkout.

Belongs here: making one, and saying why it cannot be had. Does not: what runs in it (see servers). They are
never the project's own environment: each stand-in pins libraries that we pin otherwise.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent


class NotToBeHadError(Exception):
    """A stand-in that cannot run here, and why."""


def environment(name: str, python: str = sys.executable) -> Path:
    """Folder of the environment that `<name>.lock` describes, for that interpreter. Raises NotToBeHadError
    where its wheels cannot be installed.
    """
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NotToBeHadError(f"{name} is published for Linux on x86-64 only, this is {platform.platform()}")
    lock = _HERE / f"{name}.lock"
    # Every checkout has a virtual environment of its own, and what is installed does not depend on it.
    python = str(Path(python).resolve())
    digest = hashlib.sha256(lock.read_bytes() + python.encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "weather_platform"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"{name}-{digest}"
    with (cache / f"{name}-{digest}.lock").open("w") as only_one:
        fcntl.flock(only_one, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder, lock, python)
            (folder / "complete").touch()
    return folder


def _make(folder: Path, lock: Path, python: str) -> None:
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    for command in (
        [python, "-m", "venv", str(folder)],
        [
            *install,
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--requirement",
            str(lock),
        ],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)  # noqa: S603 - our own
        if done.returncode:
            raise NotToBeHadError(f"{lock.name} cannot be installed: {done.stderr.strip()[-800:]}")


def newer_python(least: tuple[int, int]) -> str:
    """An interpreter of at least that release. Raises NotToBeHadError where there is none."""
    if sys.version_info[:2] >= least:
        return sys.executable
    names = [f"python3.{minor}" for minor in range(least[1], least[1] + 3)]
    pyenv = Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
    found = [path for name in names if (path := shutil.which(name))]
    found += [str(path) for name in names for path in pyenv.glob(f"versions/*/bin/{name}")]
    for path in found:
        # The shims of a version manager are on the PATH and fail for versions that are not switched on.
        if subprocess.run([path, "--version"], capture_output=True, check=False, timeout=30).returncode == 0:  # noqa: S603
            return path
    raise NotToBeHadError(f"no Python {least[0]}.{least[1]} or later is installed here")
