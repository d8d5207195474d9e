"""The one typed settings object, read once from the environment (prefix `WEATHER_`).

Belongs here: names, types and defaults of how a deployment is run, and reading all. Does not: what it
forecasts (forecast_settings), where it lies on Google Cloud (cloud_settings), or anything that acts on a
setting.
"""

import logging
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from weather_platform.core.retention import MOST_DAYS, Retention, days_by_asset
from weather_platform.infra.configuration.cloud_settings import CloudSettings
from weather_platform.infra.configuration.provider_keys import keys_set, setting_of, variable_of
from weather_platform.infra.configuration.written import addresses, as_meant, header, web_address
from weather_platform.infra.configuration.wrong_settings import PREFIX, SettingsError, lines, mistyped
from weather_platform.infra.postgres import readable

if TYPE_CHECKING:
    from weather_platform.core.providers.endpoint import Endpoint


_log = logging.getLogger(__name__)


class Settings(CloudSettings):
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
    separate_roles: bool = Field(
        False,
        description="Whether runs act under one account per role: a cycle is then fetched and answered apart",
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
