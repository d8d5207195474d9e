"""Log lines for machines: one JSON object a line with the run, the step, the asset and the partition.

Belongs here: the form of a line. Does not: what is logged, or which of Dagster's processes write lines
(`python_logs` of dagster.yaml names the handler). The field names `severity`, `message` and `time` are those
that Google Cloud Logging reads (cloud.google.com/logging/docs/structured-logging).
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Literal

_PARTITION_TAGS = {
    "dagster/partition": "partition",
    "dagster/asset_partition_range_start": "first_partition",
    "dagster/asset_partition_range_end": "last_partition",
}
_MAX_MESSAGE = 8_000


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; messages are cut at 8,000 characters."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "severity": record.levelname,
            "logger": record.name,
        }
        meta: dict[str, Any] = getattr(record, "dagster_meta", None) or {}
        line["message"] = str(meta.get("orig_message") or record.getMessage())[:_MAX_MESSAGE]
        line |= {name: meta[name] for name in ("run_id", "job_name", "step_key") if meta.get(name)}
        tags = meta.get("job_tags") or {}
        line |= {name: tags[tag] for tag, name in _PARTITION_TAGS.items() if tag in tags}
        line |= _of_event(meta.get("dagster_event"))
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = self.formatException(record.exc_info)[:_MAX_MESSAGE]
        return json.dumps(line, default=str, ensure_ascii=False)


def _of_event(event: Any) -> dict[str, str]:
    """What kind of event a record is, and of which asset and partition, where it is one of Dagster's."""
    if event is None:
        return {}
    found = {"event": event.event_type_value}
    if getattr(event, "asset_key", None) is not None:
        found["asset"] = event.asset_key.to_user_string()
    if getattr(event, "partition", None) is not None:
        found["partition"] = event.partition
    return found


class JsonHandler(logging.StreamHandler[Any]):
    """Writes JSON lines to standard error, beside Dagster's own."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())


def log_lines(log_format: Literal["text", "json"]) -> None:
    """Have this process write its own log to standard error, from INFO on, as WEATHER_LOG_FORMAT says."""
    plain = logging.StreamHandler()
    plain.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[JsonHandler() if log_format == "json" else plain])
    for chatty in ("httpx", "alembic"):  # a line a request, and lines at every opening of Dagster's store
        logging.getLogger(chatty).setLevel(logging.WARNING)
