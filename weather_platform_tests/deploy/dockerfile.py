"""Plays a target of deploy/images/Dockerfile in a folder, for machines on which no container can be built.

Belongs here: the few instructions that the file uses. What needs root (users, /data) is left out and named.
Does not: any expectation.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "images" / "Dockerfile"


@dataclass
class Stage:
    """A stage's base (another stage, or an image) and its instructions in order."""

    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)


def stages() -> dict[str, Stage]:
    """The file's stages by name."""
    text = re.sub(r"(?m)^\s*#.*\n", "", DOCKERFILE.read_text()).replace("\\\n", " ")
    found: dict[str, Stage] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            base, _, name = rest.split()
            found[name] = Stage(base)
        elif instruction != "ARG":
            found[name].steps.append((instruction, rest.strip()))
    return found


def set_in(name: str) -> dict[str, str]:
    """What a stage and those below it set, as it is written."""
    found = stages()
    below = set_in(found[name].base) if found[name].base in found else {}
    lines = [rest for instruction, rest in found[name].steps if instruction == "ENV"]
    pairs = [pair.partition("=") for line in lines for pair in shlex.split(line)]
    return below | {key: value for key, _, value in pairs}


class Replay:
    """Stages played below `folder`, each in a root of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stages = folder, stages()
        self.left_out: list[str] = []

    def play(self, name: str) -> tuple[Path, dict[str, str]]:
        """The root that a stage leaves, and its environment."""
        root = self.folder / name
        (root / "src").mkdir(parents=True)
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        chain = [name]
        while self.stages[chain[-1]].base in self.stages:
            chain.append(self.stages[chain[-1]].base)
        for stage in reversed(chain):
            for instruction, rest in self.stages[stage].steps:
                self._step(root, environment, instruction, rest)
        return root, environment

    def _step(self, root: Path, environment: dict[str, str], instruction: str, rest: str) -> None:
        if instruction == "ENV":
            for pair in shlex.split(rest):
                key, _, value = pair.partition("=")
                environment[key] = self._within(root, value.replace("$PATH", environment["PATH"]))
        elif instruction == "COPY":
            self._copy(root, shlex.split(rest))
        elif instruction == "RUN" and "useradd" in rest:
            self.left_out.append(rest)
        elif instruction == "RUN":
            command = self._within(root, rest).replace("python -m venv", f"{sys.executable} -m venv")
            done = subprocess.run(  # noqa: S603
                ["/bin/bash", "-euc", command],
                cwd=root / "src",
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{rest}\n{done.stderr[-3000:]}"

    def _copy(self, root: Path, words: list[str]) -> None:
        options = [word for word in words if word.startswith("--")]
        *sources, target = [word for word in words if not word.startswith("--")]
        stage = next((word.removeprefix("--from=") for word in options if word.startswith("--from=")), None)
        for source in sources:
            if stage is None:
                begin, end = ROOT / source, root / "src" / target
            else:
                played = self.folder / stage if (self.folder / stage).exists() else self.play(stage)[0]
                begin, end = played / source.lstrip("/"), root / target.lstrip("/")
            if target.startswith("/"):
                end = root / target.lstrip("/")
            end.parent.mkdir(parents=True, exist_ok=True)
            if source == "/opt/venv":
                end.symlink_to(begin)  # its scripts know where they were made
            elif begin.is_dir():
                shutil.copytree(begin, end, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(begin, end)

    @staticmethod
    def _within(root: Path, text: str) -> str:
        return re.sub(r"(?<![\w.])/(opt|wheel|data)\b", rf"{root}/\1", text)


def megabytes(folder: Path) -> float:
    """Size of what lies below a folder, 10^6 bytes."""
    return (
        sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        / 1e6
    )
