"""When the replies begin."""

from datetime import UTC, datetime

START = datetime(2026, 8, 1, tzinfo=UTC)
