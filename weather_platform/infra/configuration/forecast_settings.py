"""Settings of what is forecast, of which places, from what and against which truth.

Belongs here: their names, types and defaults. Does not: how a deployment is run, or reading the environment
(settings).
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from weather_platform.core.quantities.targets import DEFAULT_TARGETS, KNOWN


class ForecastSettings(BaseSettings):
    """The first of the fields of Settings."""

    profile: Literal["sandbox", "live", "gcp"] = Field(
        "sandbox", description="A simulated world, real providers on this machine, or on Google Cloud"
    )
    data_dir: Path = Field(Path("data"), description="Tables, payloads, models and Dagster's own store")
    locations_file: Path | None = Field(None, description="CSV of places; the built-in panel where absent")
    lattice_file: Path | None = Field(
        None,
        description="CSV of further places, as `weather-platform lattice` writes it, joined to the others",
    )
    first_day: date = Field(date(2026, 8, 1), description="First day that partitions exist for (UTC)")
    providers: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Names of the providers to use, joined by commas; every usable one where absent"
    )
    archives: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Names of the public archives to use for truth, joined by commas; Open-Meteo's "
        "reanalysis alone where absent, and 'none' where all truth is uploaded",
    )
    gsod_project: str | None = Field(
        None,
        description="Google Cloud project that pays for queries: with it GSOD comes out of BigQuery's public "
        "tables, without it from NCEI over HTTPS",
    )
    gsod_max_bytes: int = Field(
        4 * 10**9, ge=10**7, description="Bytes that one query of GSOD may read; a larger one is refused"
    )
    era5_url: str = Field(
        "gs://gcp-public-data-arco-era5/ar/full_37-1h-0p25deg-chunk-1.zarr-v3",
        description="Zarr store of ERA5: Google's public one, or another of its layout",
    )
    match_distance_km: float = Field(50.0, gt=0, description="How far a station may be from its place, km")
    match_height_m: float = Field(
        300.0, gt=0, description="How much higher or lower a station may be than its place, m"
    )
    match_stations: int = Field(3, ge=1, le=10, description="Most stations that are taken for a place")
    targets: Annotated[tuple[str, ...], NoDecode] = Field(
        DEFAULT_TARGETS,
        description="What is forecast and verified, joined by commas; each costs time in every stage",
    )
    horizon_hours: int = Field(120, ge=6, le=384, description="How far ahead forecasts are asked for, hours")
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

    @field_validator("providers", "archives", "truth_preference", "targets", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Each name once: what is made for each, an asset say, there may be one of."""
        if not isinstance(value, str):
            return value
        return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))

    @field_validator("targets", mode="after")
    @classmethod
    def _known_targets(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Each once, in one order whatever order they were named in; the usual three where none is named."""
        if unknown := [name for name in value if name not in KNOWN]:
            raise ValueError(f"no such target: {', '.join(unknown)}; name some of {', '.join(KNOWN)}")
        return tuple(name for name in KNOWN if name in value) or DEFAULT_TARGETS
