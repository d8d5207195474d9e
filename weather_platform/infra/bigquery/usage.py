"""What BigQuery jobs cost, summed until someone asks."""

from dataclasses import dataclass


@dataclass
class Usage:
    """Sums over jobs. `bytes_billed` is what on-demand prices count; `slot_ms` what capacity prices do."""

    jobs: int = 0
    bytes_billed: int = 0
    slot_ms: int = 0

    def add(self, bytes_billed: int | None, slot_ms: int | None) -> None:
        """Count a job. Load jobs are billed nothing."""
        self.jobs += 1
        self.bytes_billed += bytes_billed or 0
        self.slot_ms += slot_ms or 0

    def take(self) -> dict[str, int]:
        """The sums since the last call; none where there was no job."""
        taken = {"bigquery_jobs": self.jobs, "bytes_billed": self.bytes_billed, "slot_ms": self.slot_ms}
        self.jobs = self.bytes_billed = self.slot_ms = 0
        return taken if taken["bigquery_jobs"] else {}
