"""What tests read of deploy/: Terraform's files, Cloud Build's scripts, and the README.

Belongs here: finding a text. Does not: any expectation, but that it is there.
"""

import json
import re
from typing import Any

import yaml

from weather_platform_tests.deploy.homes import DEPLOY


def readme() -> str:
    """What people are told."""
    return (DEPLOY / "README.md").read_text()


def terraform(name: str) -> str:
    """A file, with one blank before each equals sign."""
    return re.sub(r"(?m)(?<=[a-z]) +=", " =", (DEPLOY / "terraform" / f"{name}.tf").read_text())


def deploying(service: str) -> str:
    """The script of the step that deploys."""
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "cloudbuild" / f"{service}.yaml").read_text())
    (deploy,) = [step for step in loaded["steps"] if step["id"] == "deploy"]
    return str(deploy["args"][-1])


def block(file: str, opening: str) -> str:
    """A block at the left margin, from its opening line to its end."""
    found = re.search(rf"(?ms)^{re.escape(opening)} \{{$.*?^\}}$", terraform(file))
    assert found is not None, opening
    return found[0]


def listed(file: str, name: str) -> list[str]:
    """A list that stands in a local value."""
    found = re.search(rf"(?m)^  {name} = (\[.*?\])", terraform(file))
    assert found is not None
    return [str(one) for one in json.loads(found[1])]


def number_in(pattern: str, text: str) -> int:
    """The first number that a pattern finds."""
    found = re.search(pattern, text)
    assert found is not None, pattern
    return int(found[1])


def named(file: str) -> str:
    """The first name that a file of Terraform's gives."""
    found = re.search(r'(?m)^  name = "([a-z-]+)"$', terraform(file))
    assert found is not None
    return found[1]
