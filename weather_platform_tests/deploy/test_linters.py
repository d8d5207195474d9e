"""Other people's judgement of deploy/: Dockerfiles, Cloud Build and compose files, Terraform."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from weather_platform_tests.deploy.homes import DEPLOY
from weather_platform_tests.stand_ins.environments import NotToBeHadError, environment

DOCKERFILES = [DEPLOY / "images" / "Dockerfile", DEPLOY / "compose" / "stand_ins.Dockerfile"]


def tools(name: str) -> Path:
    """Folder of programs of that lock; the test is skipped, with the reason, where they cannot be had."""
    try:
        return environment(name) / "bin"
    except NotToBeHadError as error:
        if os.environ.get("WEATHER_REQUIRE_STAND_INS") == "1":
            raise
        pytest.skip(str(error))


def passes(*command: object) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_has_nothing_to_say_of_the_dockerfiles() -> None:
    passes(tools("linters") / "hadolint", *DOCKERFILES)


def test_cloud_build_and_compose_files_are_by_their_schemas() -> None:
    check = tools("linters") / "check-jsonschema"
    builds = sorted((DEPLOY / "cloudbuild").glob("*.yaml"))
    assert len(builds) == 3
    passes(check, "--builtin-schema", "vendor.cloudbuild", *builds)
    passes(check, "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose" / "compose.yaml")


def test_terraform_parses_and_refers_to_nothing_that_is_not_there() -> None:
    script = Path(__file__).with_name("terraform_names.py")
    command = [str(tools("linters") / "python"), str(script), str(DEPLOY / "terraform")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    found = json.loads(done.stdout)
    assert found == {"missing": [], "idle": []}


@pytest.mark.skipif(shutil.which("terraform") is None, reason="no terraform on this machine")
def test_terraform_files_are_laid_out_as_terraform_does() -> None:
    passes("terraform", "fmt", "-check", "-diff", DEPLOY / "terraform")


@pytest.mark.soak
@pytest.mark.parametrize("framework", ["terraform", "dockerfile"])
def test_checkov_finds_nothing_that_has_no_written_reason(framework: str) -> None:
    passes(tools("checkov") / "checkov", "-d", DEPLOY, "--framework", framework, "--compact", "--quiet")
