"""How often jobs run on Cloud Run, for how long, and how large they are.

Belongs here: the list, which mirrors the schedules of a deployment and the sizes in deploy/terraform/run.tf.
Does not: prices, or what jobs ask of BigQuery (core.cost.reads).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weather_platform.core.cost.volumes import DAYS_A_MONTH
from weather_platform.core.panel.plan import Plan
from weather_platform.core.quantities.targets import DEFAULT_TARGETS

# vCPU and GiB of each role's job.
SIZES: dict[str, tuple[float, float]] = {
    "ingest": (1, 1),
    "truth": (2, 4),
    "train": (4, 8),
    "serve": (2, 4),
}
_LEAST_SECONDS = 60.0  # a job is billed for at least that
# Starting a container and importing takes most of a small run; the rest grows with the places and the
# targets. Seconds were measured on two cores with the usual three, and rounded up.
_START_SECONDS, _SECONDS_PER_PLACE = 45.0, 0.2
_WEEKS_A_MONTH = DAYS_A_MONTH / 7


@dataclass(frozen=True)
class Run:
    """A tick's runs: the stage that they are counted with, their role, how many a month, seconds of each."""

    tick: str
    stage: str
    role: str
    runs: float
    seconds: float

    @property
    def vcpu_seconds(self) -> float:
        """Of a month."""
        return self.runs * max(self.seconds, _LEAST_SECONDS) * SIZES[self.role][0]

    @property
    def gib_seconds(self) -> float:
        """Of a month."""
        return self.runs * max(self.seconds, _LEAST_SECONDS) * SIZES[self.role][1]


def runs(plans: Sequence[Plan], places: int, variables: Sequence[str]) -> Iterator[Run]:
    """Every run of a month where `variables` are forecast. The archives' own depend on what was opted into,
    and are left out."""
    cycles = max((one.cycles_per_day for one in plans), default=4) * DAYS_A_MONTH
    work = _SECONDS_PER_PLACE * places
    forecast = work * len(variables) / len(DEFAULT_TARGETS)
    paced = max(map(_paced_seconds, plans), default=0.0)
    yield Run("fetch_cycle", "payloads", "ingest", cycles, _START_SECONDS + work + paced)
    yield Run("answer_cycle", "predictions", "serve", cycles, _START_SECONDS + 3 * forecast)
    yield Run("every_day", "verification", "truth", DAYS_A_MONTH, 2 * _START_SECONDS + 5 * forecast)
    yield Run("every_week", "model", "train", _WEEKS_A_MONTH, _START_SECONDS + 30 * forecast)
    yield Run("retraining", "model", "train", DAYS_A_MONTH, _START_SECONDS)
    yield Run("new_uploads", "observations", "truth", DAYS_A_MONTH, _START_SECONDS)
    yield Run("watch", "upkeep", "truth", 24 * DAYS_A_MONTH, _START_SECONDS)
    yield Run("every_night", "upkeep", "truth", DAYS_A_MONTH, _START_SECONDS)


def _paced_seconds(one: Plan) -> float:
    """How long a cycle's calls take at the pace that the provider's limit of a minute allows."""
    minutes = (limit.calls for limit in one.provider.terms.limits if limit.window == "minute")
    return max((60 * one.weight / calls for calls in minutes), default=0.0)
