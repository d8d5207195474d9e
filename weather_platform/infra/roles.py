"""Roles: what a run may touch follows from the role of its job, each of which has an account of its own in
the cloud.

Belongs here: the names, and which role answers which schedule or sensor. Does not: what runs (defs) or what
an account may do (deploy/terraform). Plain data, since the scale-to-zero service reads it without Dagster.
"""

import re

ROLE_TAG = "weather_platform/role"

INGEST = "ingest"  # holds the providers' keys; creates objects
TRUTH = "truth"  # observations, errors, scores
TRAIN = "train"  # writes models
SERVE = "serve"  # reads models; writes features, predictions and their page
OPERATE = "operate"  # whatever a person starts by hand, and so all of the above
ROLES = (INGEST, TRUTH, TRAIN, SERVE, OPERATE)

# Schedules and sensors that an outside clock or message may set off, with the role that answers.
TICK_ROLES = {
    "fetch_cycle": INGEST,
    "answer_cycle": SERVE,
    "every_day": TRUTH,
    "every_week": TRAIN,
    "retraining": TRAIN,
    "new_uploads": TRUTH,
    "watch": TRUTH,
    "every_night": TRUTH,
}
# Those of an archive of stations are answered alike: its name is in theirs.
_OF_ARCHIVES = re.compile(r"list_[a-z0-9_]+_daily|new_[a-z0-9_]+_files")


def tick_role(name: str) -> str | None:
    """The role that answers a schedule or sensor of that name; None where none does."""
    return TICK_ROLES.get(name, TRUTH if _OF_ARCHIVES.fullmatch(name) else None)
