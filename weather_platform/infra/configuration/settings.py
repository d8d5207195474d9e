"""The one typed settings object, read once from the environment (prefix `WEATHER_`).

Belongs here: names, types and defaults of how a deployment is run, and reading all. Does not: what it
forecasts (forecast_settings), or anything that acts on a setting.
"""

import logging
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from weather_platform.core.retention import MOST_DAYS, Retention, days_by_asset
from weather_platform.infra.configuration.forecast_settings import ForecastSettings
from weather_platform.infra.configuration.provider_keys import keys_set, setting_of, variable_of
from weather_platform.infra.configuration.written import addresses, as_meant, header, web_address
from weather_platform.infra.configuration.wrong_settings import PREFIX, SettingsError, lines, mistyped
from weather_platform.infra.postgres import readable

if TYPE_CHECKING:
    from weather_platform.core.providers.endpoint import Endpoint


_log = logging.getLogger(__name__)


class Settings(ForecastSettings):
    """Every setting, with the environment variable WEATHER_<NAME> for each field. Secrets print as stars.

    What there is besides the fields are keys of providers (see provider_keys).
    """

    # A validation error shows the names of settings, never their values: some are secrets.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="allow", frozen=True, hide_input_in_errors=True
    )

    __pydantic_extra__: dict[str, SecretStr]

    mlflow_tracking_uri: SecretStr | None = Field(
        None,
        description="MLflow server or database, with its user and password if any; a local store under "
        "data_dir where absent",
    )
    watch_interval: timedelta = Field(
        timedelta(minutes=10),
        gt=timedelta(0),
        description="How often `watch` looks at everything and leaves a sign of life: where no daemon runs, "
        "as often as its clock says",
    )
    contact: str = Field(
        "weather-platform (set WEATHER_CONTACT to an address of yours)",
        description="Contact that MET Norway and NWS require in the User-Agent, in plain letters",
    )
    retention_days: int = Field(
        90,
        ge=1,
        le=MOST_DAYS,
        description="How long runs, their logs and superseded events are kept, days; tables are kept",
    )
    retention_by_asset: Annotated[dict[str, int], NoDecode] = Field(
        {}, description="The same for an asset, or all below a name: payloads=365,features=30"
    )
    log_format: Literal["text", "json"] = Field(
        "text",
        description="`json` adds one JSON object a line to standard error, with run, asset, partition; of "
        "Dagster's log, where dagster.yaml is a deployment's or your own, its `python_logs` decides",
    )
    alert_webhook: SecretStr | None = Field(
        None, description="URL that alerts are POSTed to; chat services' incoming webhooks will do"
    )
    alert_email: str | None = Field(None, description="Addresses that alerts are mailed to, joined by commas")
    smtp_host: str = Field("localhost", description="Mail server for alerts")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port")
    smtp_from: str | None = Field(
        None, description="Sender of alerts; the first of WEATHER_ALERT_EMAIL where absent"
    )
    smtp_user: str | None = Field(None, description="Who signs in to the mail server, if it wants that")
    smtp_password: SecretStr | None = Field(None, description="Their password")
    postgres_url: SecretStr | None = Field(
        None, description="Postgres with Dagster's run history, for a deployment: postgresql://..."
    )
    gcp_region: str | None = Field(None, description="Region of the Cloud Run jobs that runs are launched as")
    logs_bucket: str | None = Field(None, description="GCS bucket of what runs print, for Dagster's UI")
    run_endpoint: str | None = Field(
        None,
        pattern=r"^http://(127\.0\.0\.1|localhost)(:\d+)?$",
        description="A stand-in for the Cloud Run API, on loopback only: it gets no credentials",
    )
    separate_roles: bool = Field(
        False,
        description="Whether runs act under one account per role: a cycle is then fetched and answered apart",
    )

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

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, given: dict[str, object]) -> dict[str, object]:
        return as_meant(keys_set() | given)

    @field_validator("postgres_url", mode="after")
    @classmethod
    def _readable(cls, value: SecretStr | None) -> SecretStr | None:
        return readable(value) if value is not None else None

    @field_validator("contact", mode="after")
    @classmethod
    def _header(cls, value: str) -> str:
        return header(value)

    @field_validator("alert_webhook", mode="after")
    @classmethod
    def _web_address(cls, value: SecretStr | None) -> SecretStr | None:
        return web_address(value) if value is not None else None

    @field_validator("alert_email", "smtp_from", mode="after")
    @classmethod
    def _addresses(cls, value: str | None) -> str | None:
        return addresses(value) if value is not None else None

    @field_validator("retention_by_asset", mode="before")
    @classmethod
    def _ages(cls, value: object) -> object:
        return days_by_asset(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _on_google_cloud(self) -> "Settings":
        needed = {"WEATHER_GCP_PROJECT": self.gcp_project, "WEATHER_BUCKET": self.bucket}
        if self.profile == "gcp" and (missing := [name for name, value in needed.items() if not value]):
            raise ValueError(f"the gcp profile needs {' and '.join(missing)}")
        return self

    @property
    def retention(self) -> Retention:
        """How long the history of runs is kept."""
        return Retention(self.retention_days, self.retention_by_asset)

    @property
    def simulated(self) -> bool:
        """Whether everything fetched under this profile is made up: in the sandbox, and on Google Cloud where
        a sandbox's address is given.
        """
        return self.profile == "sandbox" or (self.profile == "gcp" and self.sandbox_url is not None)

    def key_of(self, provider: "Endpoint") -> SecretStr | None:
        """A provider's key, where there is one."""
        return self.__pydantic_extra__.get(setting_of(provider.name))

    def unusable(self, provider: "Endpoint") -> str | None:
        """Why a provider cannot be asked under these settings, and what to do; None where it can."""
        if self.simulated or provider.auth is None or self.key_of(provider) is not None:
            return None
        return f"{provider.title} needs a key: set {variable_of(provider.name)}"

    def sandbox_now(self, cycle: datetime) -> datetime:
        """The simulated clock's reading at the fetch of a cycle."""
        return cycle + self.sandbox_fetch_delay


def read_settings() -> Settings:
    """The settings of the environment; a warning is logged for each variable that is nearly one.

    Raises SettingsError with a line for each that is wrong.
    """
    for line in mistyped(os.environ, Settings.model_fields):
        _log.warning(line)
    try:
        return Settings()
    except ValidationError as error:
        # Its own text would be shown with ours, thirty lines of it.
        raise SettingsError("\n".join(lines(error, Settings.model_fields))) from None
