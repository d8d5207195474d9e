"""Settings that only the scale-to-zero service has: all of them required, so that it does not start half
set up.

Belongs here: names, types, defaults. Does not: anything that acts on a setting.
"""

from pydantic import Field, SecretStr

from weather_platform.infra.configuration.settings import Settings


class ServiceSettings(Settings):
    """The platform's settings and the service's own, from the same environment."""

    postgres_url: SecretStr = Field(description="Where events and Dagster's run history are kept")
    ticks_audience: str = Field(
        min_length=1, description="The `aud` of accepted tokens: the service's own URL"
    )
    ticks_behind_iam: bool = Field(
        False,
        description="Whether Cloud Run's IAM stands before the service: it verifies tokens and removes their "
        "signatures. Anywhere else such a token proves nothing",
    )
    ticks_scheduler: str = Field(min_length=3, description="Account that Cloud Scheduler calls as")
    ticks_push: str = Field(min_length=3, description="Account that Pub/Sub pushes as")
    ticks_uploads_bucket: str = Field(min_length=3, description="The bucket whose uploads are announced")
    ticks_uploads_prefix: str = Field("", description="Only objects below it are uploads")
    ticks_jobs: str = Field(
        pattern=r"^projects/[^/]+/locations/[^/]+/jobs/[a-z0-9-]*$",
        description="Resource name of the jobs, less the role that ends each name",
    )
    ticks_certificates_url: str = Field(
        "https://www.googleapis.com/oauth2/v1/certs",
        pattern=r"^(https://|http://127\.0\.0\.1[:/])",
        description="Certificates that tokens are signed with, by key id",
    )
