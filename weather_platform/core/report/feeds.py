"""Which feeds are not to be believed now, for whoever reads the report: sentences.

Belongs here: words. Does not: what is worth telling (core.trust.unsound), or scores: the best feed of a
year may be wrong today.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from weather_platform.core.report.style import LABELS
from weather_platform.core.trust.unsound import ALL, Fault, FeedsNow, UnsoundFeed


@dataclass(frozen=True)
class FeedsTold:
    """`whole` of all feeds; `each` unsound feed with what is told of it; `left` to forecast with, where there
    is one."""

    whole: str
    each: tuple[tuple[str, str], ...]
    left: str

    def markdown(self) -> str:
        """The same for the Dagster UI."""
        lines = [f"- **{feed}**: {text}" for feed, text in self.each]
        return "\n\n".join(filter(None, [self.whole, "\n".join(lines), self.left]))


def feeds_told(now: FeedsNow) -> FeedsTold:
    """What a reader should know of the newest judged cycle."""
    when = f"in the cycle of {_hour(now.cycle)}, the newest when this was written"
    bad = len(now.unsound)
    if bad:
        whole = f"{bad} of {now.feeds} feeds {they_do(now.unsound)} {when}, whatever scores say."
    elif now.compared:
        whole = f"All {now.feeds} feeds are sound {when}."
    else:
        whole = f"{now.feeds} feeds speak {when}."
    if not now.compared:
        whole += " None could be compared with others: that takes three providers."
    heard = ", ".join(f"{feeds} for {_name(name)}" for name, feeds in now.heard.items())
    return FeedsTold(
        whole,
        tuple((one.feed, _unsound(one, now)) for one in now.unsound),
        f"Feeds in our forecast of that cycle: {heard}." if bad else "",
    )


def they_do(unsound: Sequence[UnsoundFeed]) -> str:
    """What unsound feeds do, as one verb."""
    one, silent = len(unsound) == 1, sum(feed.silent for feed in unsound)
    parts = ["says nothing" if one else "say nothing"] * bool(silent)
    parts += [f"{'is' if one else 'are'} not to be believed"] * (silent < len(unsound))
    return " or ".join(parts)


def _unsound(feed: UnsoundFeed, now: FeedsNow) -> str:
    said = "; ".join(
        f"since {_hour(alike[0].since)}{' or longer' * alike[0].longer}: {', '.join(map(_reason, alike))}"
        for alike in feed.since
    )
    if feed.silent or not feed.left_out:
        return f"{said}."
    *names, last = map(_name, feed.left_out)
    its = " and ".join([", ".join(names), last] if names else [last])
    whole = len(feed.left_out) == len(now.heard)
    return f"{said}. Our forecast goes without {'it' if whole else f'its {its}'}."


def _reason(fault: Fault) -> str:
    if fault.variable == ALL:
        return "it says nothing" if fault.verdict == "absent" else fault.reason
    name, _, unit = LABELS[fault.variable].partition(", ")
    return f"{name.lower()} ({unit}) {fault.reason}"


def _name(variable: str) -> str:
    return LABELS[variable].partition(",")[0].lower()


def _hour(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H} UTC"
