"""Alerts, and real servers on loopback that take them: a webhook's and a mail server's."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from aiosmtpd.controller import Controller

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.watch.alerts import Alert
from weather_platform.infra.watch.outbox import tell as tell_from
from weather_platform_tests.loopback import Answer, Seen, serve

AT = datetime(2026, 8, 10, 12, 10, tzinfo=UTC)
ALERTS = [
    Alert("freshness", "warning", "freshness nws/blend: 2 missed", "materialize it", AT),
    Alert("runs", "error", "run of cycle failed", "ValueError", AT),
]


def tell(settings: Settings, alerts: list[Alert]) -> list[str]:
    """Of an instance that keeps nothing from other calls."""
    with dg.DagsterInstance.ephemeral() as instance:
        return tell_from(settings, instance, alerts)


@asynccontextmanager
async def webhook(*statuses: int) -> AsyncIterator[tuple[str, list[Seen]]]:
    """The URL of one that takes everything, or answers with each of these in turn; and what it was told."""
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(status=statuses[len(seen) - 1] if statuses else 200)

    async with serve(answer) as url:
        yield url, seen


class Mailbox:
    """Keeps what is mailed to it."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope)
        return "250 OK"


@contextmanager
def mail_server(**options: Any) -> Iterator[tuple[Mailbox, Settings]]:
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # the controller cannot take port 0
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    yield mailbox, Settings(smtp_host="127.0.0.1", smtp_port=port, alert_email="ops@example.org")
    controller.stop()
