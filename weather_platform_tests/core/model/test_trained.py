"""What makes a model is all that its version is named after."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from weather_platform import core
from weather_platform.core.model import trained

CORE = Path(core.__file__).parent
# What makes features of tables, learns from them, and decides.
FIRST = (
    "features/build.py",
    "features/target.py",
    "model/sample.py",
    "model/train.py",
    "model/promotion.py",
)


def imported(path: Path) -> Iterator[Path]:
    """Modules of `core` that a module of it imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(core.__name__):
            base = CORE.joinpath(*node.module.split(".")[2:])
            found = [base.with_suffix(".py"), *(base / f"{alias.name}.py" for alias in node.names)]
            yield from (one for one in found if one.is_file())


def test_the_version_of_the_code_is_of_all_that_a_decision_depends_on() -> None:
    """Found in a review: scores, slices and baselines decided, and a change of them changed no version."""
    waiting, needed = [CORE / name for name in FIRST], set()
    while waiting:
        path = waiting.pop()
        if path not in needed:
            needed.add(path)
            waiting += imported(path)
    hashed = {path for part in trained._DECIDES for path in trained._sources(part)}
    assert {path.relative_to(CORE).as_posix() for path in needed - hashed} == set()
    assert CORE / "scoring" / "scores.py" in needed


def test_what_is_gone_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    before = trained.code_version()
    monkeypatch.setattr(trained, "_DECIDES", (*trained._DECIDES, "renamed.py"))
    with pytest.raises(FileNotFoundError, match=r"renamed\.py"):
        trained.code_version()
    monkeypatch.setattr(trained, "_DECIDES", trained._DECIDES[:-2])
    assert trained.code_version() != before
