"""The newest verdicts on feeds → findings.

Belongs here: which of them is bad for a deployment, and the remedy. Does not: verdicts
(core.trust.feed_health), what of them is worth telling (core.trust.unsound), or whether a feed is late
(core.health.checks).
"""

from weather_platform.core.health.finding import Finding, Level
from weather_platform.core.partitions import CYCLE
from weather_platform.core.trust.unsound import ALL, Fault, FeedsNow, UnsoundFeed

_AREA = "soundness"
_ON = "predictions go on without it"
# By verdict, what calls loudest for somebody first.
_REMEDIES = {
    "off": f"{_ON}. Has a unit, or the zone of its times, changed? Look at a reply that payloads/<provider> "
    "kept; where it is a dropped file's, mend the mapping",
    "absent": f"{_ON}. Was a key renamed? Look at a reply that payloads/<provider> kept",
    "stale": f"{_ON} until it says something new. Where that takes days, tell the provider",
}


def soundness(now: FeedsNow | None) -> list[Finding]:
    """A finding for each feed that says what cannot be believed, one for each variable of which none is, and
    one of all feeds. A feed that says nothing is counted there only: that it is late is told of it already.
    """
    if now is None:
        return [Finding(_AREA, "feeds", Level.OK, "no cycle was judged yet")]
    speak = [one for one in now.unsound if not one.silent]
    order = list(_REMEDIES)
    speak.sort(key=lambda one: min(order.index(fault.verdict) for fault in one.faults))
    unheard = [name for name, feeds in now.heard.items() if not feeds]
    return [*(_unheard(name, now) for name in unheard), *map(_unsound, speak), _all(now)]


def _unsound(feed: UnsoundFeed) -> Finding:
    verdicts = {fault.verdict for fault in feed.faults}
    remedy = next(text for verdict, text in _REMEDIES.items() if verdict in verdicts)
    what = "; ".join(f"{', '.join(map(_reason, alike))}, since {_began(alike[0])}" for alike in feed.since)
    return Finding(_AREA, feed.feed, Level.WARNING, what, remedy)


def _began(fault: Fault) -> str:
    return CYCLE.key(fault.since) + " or longer" * fault.longer


def _reason(fault: Fault) -> str:
    return fault.reason if fault.variable == ALL else f"{fault.variable} {fault.reason}"


def _unheard(variable: str, now: FeedsNow) -> Finding:
    what = f"no feed was believed in cycle {CYCLE.key(now.cycle)}: predictions are of the past alone"
    remedy = (
        "the checks `…_sound` of feed_health say why not; materialize payloads, forecasts, feed_health, "
        "features and predictions of the present cycle again once a provider answers"
    )
    return Finding(_AREA, variable, Level.ERROR, what, remedy)


def _all(now: FeedsNow) -> Finding:
    silent = sum(one.silent for one in now.unsound)
    bad = {"unsound": len(now.unsound) - silent, "silent": silent}
    said = [f"{count} {word}" for word, count in bad.items() if count]
    said += ["none compared, which takes three providers"] * (not now.compared)
    of_all = f"of {now.feeds} feeds {', '.join(said)}" if said else f"all {now.feeds} feeds sound"
    heard = ", ".join(f"{name} {feeds}" for name, feeds in now.heard.items())
    return Finding(_AREA, "feeds", Level.OK, f"cycle {CYCLE.key(now.cycle)}: {of_all}; in use: {heard}")
