"""Runs as Cloud Run jobs, each under the account of its role.

Belongs here: which Cloud Run job takes a run. Does not: launching, ending and watching it, which is the
community's launcher.

That launcher chooses a job by code location. We have one code location and an account per role, so its
`job_name_by_code_location` is read as "job by role" here: a run's role is the tag that its Dagster job has,
or `operate` for what a person starts by hand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import dagster as dg
from dagster._core.launcher.base import CheckRunHealthResult, LaunchRunContext
from dagster_contrib_gcp.cloud_run.run_launcher import CloudRunRunLauncher

from weather_platform.infra.roles import OPERATE, ROLE_TAG, ROLES

_role: ContextVar[str] = ContextVar("role")


class RoleCloudRunLauncher(CloudRunRunLauncher):
    """CloudRunRunLauncher with a job per role. Raises ValueError where a role has none."""

    def __init__(self, job_name_by_code_location: dict[str, Any], **kwargs: Any) -> None:
        if missing := set(ROLES) - set(job_name_by_code_location):
            raise ValueError(
                f"dagster.yaml: job_name_by_code_location lacks the roles {', '.join(sorted(missing))}"
            )
        super().__init__(job_name_by_code_location=job_name_by_code_location, **kwargs)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Launch in the job of the run's role."""
        with _acting_for(context.dagster_run):
            super().launch_run(context)

    def terminate(self, run_id: str) -> bool:
        """Cancel the run's execution."""
        with _acting_for(self._instance.get_run_by_id(run_id)):
            return bool(super().terminate(run_id))

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the run's execution is alive."""
        with _acting_for(run):
            return super().check_run_worker_health(run)

    def fully_qualified_job_name(self, code_location_name: str) -> str:
        """The resource name of the role's job, whatever the code location."""
        del code_location_name
        return str(super().fully_qualified_job_name(_role.get()))

    def specific_container_name(self, code_location_name: str) -> str | None:
        """The container of the role's job; None where dagster.yaml names none."""
        del code_location_name
        name: str | None = super().specific_container_name(_role.get())
        return name

    def env_override_for_code_location(self, code_location_name: str) -> dict[str, str] | None:
        """What dagster.yaml adds to the environment of the role's job."""
        del code_location_name
        added: dict[str, str] | None = super().env_override_for_code_location(_role.get())
        return added


@contextmanager
def _acting_for(run: dg.DagsterRun | None) -> Iterator[None]:
    """The launcher's own methods pass a code location around; the role goes beside it."""
    token = _role.set((run.tags if run else {}).get(ROLE_TAG, OPERATE))
    try:
        yield
    finally:
        _role.reset(token)
