"""The simulated feeds: how good each is, in what it is wrong, and which others it is akin to.

Standard deviations are of errors against truth at one day's lead: temperature in K at 45°, wind on the square
root of m/s, rain as a share of the latent field. Feeds of one family share most of their errors, as resellers
do.
"""

from dataclasses import dataclass

COMMON = "common"
# The United States, and their territories, which have country codes of their own.
US = ("US", "PR", "VI", "GU", "AS", "MP")


@dataclass(frozen=True)
class Feed:
    """One provider's model. `horizon_hours` is where its series ends, counted from the run.

    `growth` scales how fast the error grows with lead; `bias_k`, `diurnal_k` and `season_k` are the spreads
    of its station, diurnal and seasonal bias; `wind_bias` that of its station factor (log); `drizzle` lowers
    its threshold of rain; `gaps` is the share of hours it leaves out.
    """

    provider: str
    model: str
    family: str
    sigma_k: float
    growth: float
    bias_k: float
    diurnal_k: float
    season_k: float
    wind_sigma: float
    wind_bias: float
    rain_sigma: float
    drizzle: float
    gaps: float
    horizon_hours: int
    us_only: bool = False

    @property
    def name(self) -> str:
        """provider/model, as the platform calls a feed."""
        return f"{self.provider}/{self.model}"


FEEDS: tuple[Feed, ...] = (
    Feed(
        "open_meteo",
        "ecmwf_ifs025",
        "ecmwf",
        1.30,
        0.95,
        0.70,
        0.50,
        0.40,
        0.25,
        0.16,
        0.60,
        0.30,
        0.005,
        360,
    ),
    Feed(
        "open_meteo", "gfs_seamless", "gfs", 1.50, 1.05, 0.80, 0.60, 0.45, 0.28, 0.18, 0.70, 0.20, 0.005, 384
    ),
    Feed(
        "open_meteo",
        "icon_seamless",
        "icon",
        1.40,
        1.10,
        0.70,
        0.45,
        0.40,
        0.25,
        0.14,
        0.65,
        0.25,
        0.005,
        180,
    ),
    Feed("openweathermap", "blend", "owm", 1.60, 1.00, 0.90, 0.70, 0.50, 0.32, 0.22, 0.80, 0.40, 0.02, 144),
    Feed("weatherapi", "blend", "gfs", 1.75, 1.00, 0.90, 0.70, 0.50, 0.33, 0.22, 0.85, 0.10, 0.02, 264),
    Feed("met_norway", "blend", "ecmwf", 1.15, 1.00, 0.45, 0.35, 0.25, 0.23, 0.12, 0.55, 0.20, 0.01, 240),
    Feed(
        "nws", "blend", "nbm", 1.20, 0.95, 0.45, 0.35, 0.30, 0.24, 0.12, 0.60, 0.15, 0.03, 192, us_only=True
    ),
)
PROVIDERS: tuple[str, ...] = tuple(dict.fromkeys(feed.provider for feed in FEEDS))
COMPONENTS: tuple[str, ...] = (
    COMMON,
    *dict.fromkeys(f"family {feed.family}" for feed in FEEDS),
    *(feed.name for feed in FEEDS),
)
CHANNELS: tuple[str, ...] = ("temperature", "wind", "rain", "moisture", "pressure", "cloud")


def components_of(feed: Feed) -> tuple[int, int, int]:
    """Positions in COMPONENTS of what makes a feed's error: shared by all, by its family, its own."""
    return 0, COMPONENTS.index(f"family {feed.family}"), COMPONENTS.index(feed.name)


def feeds_of(provider: str) -> tuple[Feed, ...]:
    """The feeds that a provider serves."""
    return tuple(feed for feed in FEEDS if feed.provider == provider)
