"""What MLflow's tags say of a version, and back: what made it, the decision on it, a withdrawal.

Belongs here: names and text forms of the tags. Does not: anything that speaks to MLflow (see
model_registry).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.core.model.champions import Promoted
from weather_platform.core.model.trained import FORMAT, Trained

if TYPE_CHECKING:  # it brings the field's statistics with it, which who only reads tags can do without
    from weather_platform.core.model.promotion import Decision

_TAG_LENGTH = 500


@dataclass(frozen=True)
class Identity:
    """What makes a version: the same of all makes the same one. `judged_on` is the hash of the rows judged
    on, empty for a first model, which is judged on those it learned from."""

    variable: str
    data_hash: str
    code_version: str
    trained_until: datetime
    decided_at: datetime
    judged_on: str = ""

    @staticmethod
    def of(trained: Trained, decision: "Decision") -> "Identity":
        """Of a model and the decision on it."""
        return Identity(
            trained.variable,
            trained.data_hash,
            trained.code_version,
            trained.trained_until,
            decision.decided_at,
            decision.window_hash,
        )

    def tags(self) -> dict[str, str]:
        """As MLflow keeps it."""
        return {
            "data_hash": self.data_hash,
            "code_version": self.code_version,
            "trained_until": self.trained_until.isoformat(),
            "decided_at": self.decided_at.isoformat(),
            "judged_on": self.judged_on,
        }


def tags_of(trained: Trained, decision: "Decision") -> dict[str, str]:
    """What is written beside a version: what made it, and the decision."""
    judged_from = decision.judged_from.isoformat() if decision.judged_from else "out of fold"
    return {
        "promoted": str(decision.promote).lower(),
        "reason": decision.reason[:_TAG_LENGTH],
        "judged_against": decision.against or "baselines",
        "judged_from": judged_from,
        "format": FORMAT,
        **Identity.of(trained, decision).tags(),
    }


def withdrawal(at: datetime, why: str) -> dict[str, str]:
    """Tags of a version that is taken back."""
    return {"withdrawn_at": at.isoformat(), "withdrawn_why": why[:_TAG_LENGTH]}


def is_withdrawn(tags: Mapping[str, str]) -> bool:
    """Whether the version of these tags was taken back."""
    return "withdrawn_at" in tags


def promoted_of(variable: str, version: int, tags: Mapping[str, str]) -> Promoted | None:
    """The version of these tags; None where it was never promoted."""
    if tags.get("promoted") != "true":
        return None
    withdrawn = tags.get("withdrawn_at")
    return Promoted(
        variable,
        version,
        datetime.fromisoformat(tags["trained_until"]),
        datetime.fromisoformat(tags["decided_at"]),
        why=tags["reason"],
        data_hash=tags["data_hash"],
        code_version=tags["code_version"],
        judged_on=tags.get("judged_on", ""),
        withdrawn_at=datetime.fromisoformat(withdrawn) if withdrawn else None,
        withdrawn_why=tags.get("withdrawn_why", ""),
        readable=tags.get("format") == FORMAT,
    )
