"""Settings of where a deployment lies on Google Cloud: project, buckets, dataset, addresses, a limit of cost.

Belongs here: their names, types and defaults, and which of them the gcp profile needs. Does not: accounts and
grants (deploy/terraform), or clients (infra.google).
"""

from typing import Self

from pydantic import Field, model_validator

from weather_platform.infra.configuration.forecast_settings import ForecastSettings


class CloudSettings(ForecastSettings):
    """The fields of Settings that come next."""

    gcp_project: str | None = Field(None, description="Google Cloud project, for the gcp profile")
    gcp_location: str = Field("EU", description="Where the dataset lies and BigQuery's jobs run")
    bucket: str | None = Field(
        None, description="GCS bucket of payloads/, uploads/, mlflow/ and report/, for the gcp profile"
    )
    raw_bucket: str | None = Field(
        None,
        description="GCS bucket of payloads/ alone, which may then have a retention policy; the other where "
        "absent",
    )
    dataset: str = Field("weather", pattern=r"^[A-Za-z0-9_]+$", description="BigQuery dataset of all tables")
    max_bytes_billed: int = Field(
        100 * 10**9, ge=10**7, description="Bytes that one query may be billed for; a larger one is refused"
    )
    storage_endpoint: str | None = Field(
        None, description="GCS at another address; on plain http a stand-in, which is sent no credentials"
    )
    bigquery_endpoint: str | None = Field(None, description="BigQuery at another address, likewise")
    bigquery_storage_endpoint: str | None = Field(
        None, description="BigQuery's Storage Read API at another address; host:port for a stand-in"
    )
    gcp_region: str | None = Field(None, description="Region of the Cloud Run jobs that runs are launched as")
    logs_bucket: str | None = Field(None, description="GCS bucket of what runs print, for Dagster's UI")
    run_endpoint: str | None = Field(
        None,
        pattern=r"^http://(127\.0\.0\.1|localhost)(:\d+)?$",
        description="A stand-in for the Cloud Run API, on loopback only: it gets no credentials",
    )

    @model_validator(mode="after")
    def _on_google_cloud(self) -> Self:
        needed = {"WEATHER_GCP_PROJECT": self.gcp_project, "WEATHER_BUCKET": self.bucket}
        if self.profile == "gcp" and (missing := [name for name, value in needed.items() if not value]):
            raise ValueError(f"the gcp profile needs {' and '.join(missing)}")
        return self
