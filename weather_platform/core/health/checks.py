"""Judgements: facts about one part of the platform → a finding.

Belongs here: where well ends and badly begins, and the remedy. Does not: gathering the facts
(infra.watch.vitals).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from weather_platform.core.fetching.quota import PATIENCE
from weather_platform.core.health.finding import Finding, Level
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.terms import LENGTH, Window

# A cycle is fetched a quarter past its start; what is not there two hours later was missed.
CYCLE_GRACE = timedelta(hours=2)
CYCLES_UNTIL_ERROR = 4
TRUTH_WARNING, TRUTH_ERROR = timedelta(days=3), timedelta(days=8)
MODEL_WARNING = timedelta(days=45)
QUOTA_WARNING = 0.9
HEARTBEAT_INTERVAL = timedelta(minutes=10)
# One sign of life may be missed, and a job may start slowly.
HEARTBEATS_UNTIL_ERROR, HEARTBEAT_GRACE = 2, timedelta(minutes=25)
ALERTS_WARNING = timedelta(hours=2)  # a moment's silence of a chat mends itself
CLOCK_STEP = timedelta(minutes=5)  # more than two machines' clocks may differ
DISK_WARNING, DISK_ERROR = 5e9, 1e9


def feed(name: str, newest: datetime | None, now: datetime, *, longer: bool = False) -> Finding:
    """A feed by the start of the newest cycle that has rows of it (data time, not time of a run), or with
    `longer` of the oldest of those that have none.
    """
    remedy = (
        "open the asset payloads/<provider> in the UI: its check `complete` says what was answered; "
        "materialize it again for the present cycle"
    )
    if newest is None:
        return Finding("freshness", name, Level.WARNING, "no forecast was ever kept", remedy)
    level, what = _lateness(newest, now, longer)
    return Finding("freshness", name, level, what, remedy if level else "")


def uncovered(name: str) -> Finding:
    """A feed of a provider that serves none of the places."""
    return Finding("freshness", name, Level.OK, "not asked: it covers none of the places")


def predictions(newest: datetime | None, now: datetime, *, longer: bool = False) -> Finding:
    """What all else is for, by the start of the newest cycle that was predicted, or with `longer` of the
    oldest of those that were not.
    """
    remedy = (
        "materialize features and predictions of the present cycle; where the run of a cycle fails, its log "
        "says why"
    )
    if newest is None:
        return Finding("predictions", "cycles", Level.WARNING, "no cycle was ever predicted", remedy)
    level, what = _lateness(newest, now, longer)
    return Finding("predictions", "cycles", level, what, remedy if level else "")


def _lateness(newest: datetime, now: datetime, longer: bool) -> tuple[Level, str]:
    """What is to have every cycle that is due, by the start of the newest that it has; or, with `longer`, of
    the first that it lacks.
    """
    missed = max(0, (CYCLE.floor(now - CYCLE_GRACE) - newest) // CYCLE.length)
    level = Level.OK if not missed else Level.WARNING if missed < CYCLES_UNTIL_ERROR else Level.ERROR
    if longer:
        return level, f"no cycle since {CYCLE.key(newest)} or longer"
    return level, f"newest cycle {CYCLE.key(newest)}" + f", {missed} missed since" * bool(missed)


def truth(newest: datetime | None, now: datetime, *, longer: bool = False) -> Finding:
    """Observations by the newest hour that has one, or with `longer` since which none has."""
    remedy = (
        "materialize history/<archive> and observations for the missing days, or drop files of observations"
    )
    if newest is None:
        return Finding("truth", "observations", Level.WARNING, "there is no observation at all", remedy)
    age = now - newest
    level = Level.ERROR if age > TRUTH_ERROR else Level.WARNING if age > TRUTH_WARNING else Level.OK
    what = (
        f"no observation since {newest:%Y-%m-%dT%HZ} or longer"
        if longer
        else f"newest observation {newest:%Y-%m-%dT%HZ}"
    )
    return Finding("truth", "observations", level, what, remedy if level else "")


def dropped(unreadable: Sequence[str]) -> Finding:
    """The drop box by the names of files in it that cannot be read."""
    if not unreadable:
        return Finding("truth", "drop_box", Level.OK, "every dropped file can be read")
    more = f" and {len(unreadable) - 3} more" * (len(unreadable) > 3)
    what = f"cannot be read: {', '.join(unreadable[:3])}{more}"
    remedy = "the check `readable` of the asset uploads has the reasons; drop a mended file of the same name"
    return Finding("truth", "drop_box", Level.WARNING, what, remedy)


def upload_records(damaged: Sequence[str]) -> Finding:
    """The ledger of uploads by what is wrong with its objects, each with its remedy."""
    if not damaged:
        return Finding("truth", "upload_records", Level.OK, "every record of dropped files can be read")
    remedy = (
        "put the object back from a backup, or remove it; files that still lie in the drop box are taken in "
        "again by themselves, others where they are dropped again"
    )
    return Finding("truth", "upload_records", Level.WARNING, "; ".join(damaged[:3]), remedy)


def quota(provider: str, used: Mapping[Window, float]) -> Finding:
    """A provider by the share of each window's calls that is spent. A window that a run waits out is full
    while it fetches, which loses nothing."""
    if not used:
        return Finding("quota", provider, Level.OK, "nothing limits it here")
    window, share = max(
        ((name, part) for name, part in used.items() if LENGTH[name] > PATIENCE),
        key=lambda item: item[1],
        default=("", 0.0),
    )
    what = ", ".join(f"{name} {part:.0%}" for name, part in used.items()) + " spent"
    level = Level.OK if share < QUOTA_WARNING else Level.WARNING if share < 1 else Level.ERROR
    remedy = f"`weather-platform plan --provider {provider}` says how many places fit; the {window} binds"
    return Finding("quota", provider, level, what, remedy if level else "")


def champion(variable: str, version: str | None, trained_until: datetime | None, now: datetime) -> Finding:
    """A variable by the version that would predict it now."""
    if version is None or trained_until is None:
        what = "no promoted model: the bias-corrected blend predicts"
        remedy = "materialize model/<variable> once there are weeks of errors; its metadata says why not yet"
        return Finding("model", variable, Level.WARNING, what, remedy)
    old = now - trained_until > MODEL_WARNING
    return Finding(
        "model",
        variable,
        Level.WARNING if old else Level.OK,
        f"version {version}, learned until {trained_until:%Y-%m-%d}",
        "materialize model/<variable>: its champion has not learned for long" if old else "",
    )


def unreadable_champion(variable: str, version: str, problem: str) -> Finding:
    """A variable whose champion's files are not what was registered."""
    what = f"version {version} cannot be read, and the bias-corrected blend stands in: {problem}"
    return Finding("model", variable, Level.ERROR, what, "then materialize predictions of those cycles again")


def disk(path: str, free_bytes: int) -> Finding:
    """The data folder's disk."""
    level = (
        Level.ERROR if free_bytes < DISK_ERROR else Level.WARNING if free_bytes < DISK_WARNING else Level.OK
    )
    remedy = "make room, or move WEATHER_DATA_DIR to a larger disk; nothing half-written stays behind"
    return Finding("disk", path, level, f"{free_bytes / 1e9:,.1f} GB free", remedy if level else "")


def heartbeat(last: datetime | None, now: datetime, interval: timedelta = HEARTBEAT_INTERVAL) -> Finding:
    """The scheduler, by the last time that its sensor wrote, which it does once an interval."""
    if last is None:
        remedy = (
            "start `weather-platform ui`, or the deployment's daemon: nothing runs by itself without it; "
            "with scale to zero see that the clock calls the service"
        )
        return Finding("scheduler", "daemon", Level.WARNING, "no heartbeat yet", remedy)
    if last - now > CLOCK_STEP:
        what = f"last heartbeat {last:%Y-%m-%dT%H:%MZ}, which is yet to come"
        remedy = "set the clocks of this machine and of the daemon's: one of them jumped"
        return Finding("scheduler", "daemon", Level.WARNING, what, remedy)
    dead = now - last > HEARTBEATS_UNTIL_ERROR * interval + HEARTBEAT_GRACE
    remedy = (
        "start `weather-platform ui` again, or restart the deployment's daemon, and see that the sensor "
        "`watch` is on; with scale to zero, see that the clock calls the service and that the job of `watch` "
        "ends well"
    )
    return Finding(
        "scheduler",
        "daemon",
        Level.ERROR if dead else Level.OK,
        f"last heartbeat {last:%Y-%m-%dT%H:%MZ}",
        remedy if dead else "",
    )


def channel(name: str, waiting: int, since: datetime, problem: str, now: datetime) -> Finding:
    """A way to tell people, by the alerts that it does not take."""
    late = now - since > ALERTS_WARNING
    remedy = (
        "nobody is told by it until it is mended: is WEATHER_ALERT_WEBHOOK, or WEATHER_ALERT_EMAIL with its "
        "WEATHER_SMTP_…, still right where the scheduler runs? What waits then goes at its next look"
    )
    what = f"{waiting} alert{' waits' if waiting == 1 else 's wait'} since {since:%Y-%m-%dT%HZ}: {problem}"
    return Finding("alerts", name, Level.WARNING if late else Level.OK, what, remedy if late else "")


def reached(store: str, problem: str | None, remedy: str) -> Finding:
    """A store that was tried: `problem` is what it said, None where it answered."""
    level = Level.OK if problem is None else Level.ERROR
    return Finding("storage", store, level, problem or "answers", remedy if problem else "")
