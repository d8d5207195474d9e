"""The one typed settings object, read once from the environment (prefix `WEATHER_`).

Belongs here: names, types, defaults by profile. Does not: anything that acts on a setting.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

if TYPE_CHECKING:
    from weather_platform.core.providers.endpoint import Endpoint


class Settings(BaseSettings):
    """Every setting, with the environment variable WEATHER_<NAME> for each field. Secrets print as stars."""

    model_config = SettingsConfigDict(env_prefix="WEATHER_", extra="ignore", frozen=True)

    profile: Literal["sandbox", "live"] = "sandbox"
    data_dir: Path = Path("data")
    locations_file: Path | None = Field(None, description="CSV of places; the built-in panel where absent")
    lattice_file: Path | None = Field(
        None,
        description="CSV of further places, as `weather-platform lattice` writes it, joined to the others",
    )
    first_day: date = Field(date(2026, 8, 1), description="First day that partitions exist for (UTC)")
    providers: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Names of the providers to use, joined by commas; every usable one where absent"
    )
    horizon_hours: int = Field(120, ge=6, le=384, description="How far ahead forecasts are asked for, hours")
    truth_delay_hours: float = Field(
        2.0, ge=0, description="How long after its time an observation is known, hours"
    )
    upload_run_silence: timedelta = Field(
        timedelta(minutes=10),
        description="How long a run that reads uploads may say nothing before others read its files",
    )
    truth_preference: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Sources of truth, the best first, joined by commas; after them uploads, archives that "
        "measure, and reanalyses",
    )
    sandbox_url: str | None = Field(None, description="Where the sandbox listens, for the sandbox profile")
    sandbox_fetch_delay: timedelta = Field(
        timedelta(minutes=15),
        description="How long after the start of a cycle the simulated clock fetches it",
    )
    mlflow_tracking_uri: str | None = Field(
        None, description="MLflow server; a local store under data_dir where absent"
    )
    contact: str = Field(
        "weather-platform (set WEATHER_CONTACT to an address of yours)",
        description="Contact that MET Norway and NWS require in the User-Agent",
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="`json` adds one JSON object a line to standard error, with run, asset, partition"
    )
    alert_webhook: SecretStr | None = Field(
        None, description="URL that alerts are POSTed to; chat services' incoming webhooks will do"
    )
    alert_email: str | None = Field(None, description="Address that alerts are mailed to")
    smtp_host: str = Field("localhost", description="Mail server for alerts")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port")
    smtp_from: str | None = Field(None, description="Sender of alerts; WEATHER_ALERT_EMAIL where absent")
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    postgres_url: SecretStr | None = Field(
        None, description="Postgres with Dagster's run history, for a deployment: postgresql://..."
    )
    run_endpoint: str | None = Field(
        None,
        pattern=r"^http://(127\.0\.0\.1|localhost)(:\d+)?$",
        description="A stand-in for the Cloud Run API, on loopback only: it gets no credentials",
    )
    separate_roles: bool = Field(
        False,
        description="Whether runs act under one account per role: a cycle is then fetched and answered apart",
    )
    openweathermap_key: SecretStr | None = None
    weatherapi_key: SecretStr | None = None

    @field_validator("providers", "truth_preference", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @property
    def simulated(self) -> bool:
        """Whether everything fetched under this profile is made up."""
        return self.profile == "sandbox"

    def unusable(self, provider: "Endpoint") -> str | None:
        """Why a provider cannot be asked under these settings, and what to do; None where it can."""
        if self.simulated or provider.auth is None or getattr(self, provider.auth.setting) is not None:
            return None
        return f"{provider.title} needs a key: set WEATHER_{provider.auth.setting.upper()}"

    def sandbox_now(self, cycle: datetime) -> datetime:
        """The simulated clock's reading at the fetch of a cycle."""
        return cycle + self.sandbox_fetch_delay
