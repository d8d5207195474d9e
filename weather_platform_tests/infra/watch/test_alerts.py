"""Alerts reach a real webhook and a real mail server, and their addresses reach no log."""

import asyncio
import json
import logging
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.watch import alerts
from weather_platform.infra.watch.alerts import Alert
from weather_platform.infra.watch.outbox import tell as tell_from
from weather_platform_tests.certificates import self_signed
from weather_platform_tests.loopback import Answer, Seen, serve

AT = datetime(2026, 8, 10, 12, 10, tzinfo=UTC)
ALERTS = [
    Alert("freshness", "warning", "freshness nws/blend: 2 missed", "materialize it", AT),
    Alert("runs", "error", "run of cycle failed", "ValueError", AT),
]


@pytest.fixture(autouse=True)
def _locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that name no folder have one."""
    monkeypatch.setenv("WEATHER_DATA_DIR", str(tmp_path))


def tell(settings: Settings, alerts: list[Alert]) -> list[str]:
    """Of an instance that keeps nothing from other calls."""
    with dg.DagsterInstance.ephemeral() as instance:
        return tell_from(settings, instance, alerts)


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


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, Settings]]:
    with mail_server() as found:
        yield found


async def test_a_webhook_gets_words_and_data_and_its_address_stays_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(b"ok")

    async with serve(answer) as url:
        settings = Settings(alert_webhook=SecretStr(f"{url}/hook/T0PSECRET"))
        assert await asyncio.to_thread(tell, settings, ALERTS) == []
    assert seen[0].target == "/hook/T0PSECRET"
    body = json.loads(seen[0].body)
    assert body["alerts"][0]["title"] == "freshness nws/blend: 2 missed"
    assert "docs/runbook/runs.md" in body["text"]
    assert "T0PSECRET" not in caplog.text
    assert "T0PSECRET" not in repr(settings)


async def test_a_service_that_takes_no_field_it_does_not_know_gets_the_text_alone() -> None:
    """Found by reading: Google Chat answers 400 to `alerts`, so that nobody there was ever told."""
    taken: list[Any] = []

    def answer(request: Seen) -> Answer:
        body = json.loads(request.body)
        if set(body) != {"text"}:
            return Answer(b'{"error": {"code": 400, "message": "Unknown name"}}', status=400)
        taken.append(body["text"])
        return Answer(b"{}")

    async with serve(answer) as url:
        settings = Settings(alert_webhook=SecretStr(url))
        assert await asyncio.to_thread(tell, settings, ALERTS) == []
    assert taken == [alerts.plain(ALERTS)]


async def test_a_webhook_that_refuses_even_the_text_is_told_so_once() -> None:
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(status=400)

    async with serve(answer) as url:
        settings = Settings(alert_webhook=SecretStr(url))
        problems = await asyncio.to_thread(tell, settings, ALERTS)
    assert problems == ["the webhook answered with HTTP status 400"]
    assert len(seen) == 2


async def test_no_name_calls_a_room_together_or_makes_a_link_of_its_own() -> None:
    """Chats read `<!everyone>`, `<https://…|words>` and `@channel`; and `model/<variable>` as a link."""
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(b"ok")

    hostile = Alert("truth", "warning", "cannot be read: <!everyone> @all", "model/<variable>", AT)
    async with serve(answer) as url:
        assert await asyncio.to_thread(tell, Settings(alert_webhook=SecretStr(url)), [hostile]) == []
    body = json.loads(seen[0].body)
    assert not set("<>@") & set(body["text"])
    assert "‹!everyone›" in body["text"]
    assert body["alerts"][0]["text"] == "model/<variable>"


async def test_a_user_and_a_password_in_the_address_are_sent(caplog: pytest.LogCaptureFixture) -> None:
    """Found by reading: they were left out, and whoever wants them answered 401 for ever."""
    caplog.set_level(logging.DEBUG)
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(b"ok")

    async with serve(answer) as url:
        address = f"{url.replace('//', '//me:pa%20ss@')}/hook"
        assert await asyncio.to_thread(tell, Settings(alert_webhook=SecretStr(address)), ALERTS) == []
    assert seen[0].headers["authorization"] == f"Basic {b64encode(b'me:pa ss').decode()}"
    assert "pa%20ss" not in caplog.text and "pa ss" not in caplog.text
    assert seen[0].headers["host"] == url.removeprefix("http://")


async def test_a_dead_webhook_is_named_without_its_address() -> None:
    async with serve(lambda _seen: Answer(status=500)) as url:
        settings = Settings(alert_webhook=SecretStr(f"{url}/T0PSECRET"))
        assert await asyncio.to_thread(tell, settings, ALERTS) == [
            "the webhook answered with HTTP status 500"
        ]
    assert await asyncio.to_thread(tell, settings, ALERTS) == ["the webhook was not reached: ConnectError"]


def test_a_webhook_that_takes_a_message_and_stays_silent_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alerts, "_TIMEOUT_SECONDS", 0.2)
    told: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = Settings(alert_webhook=SecretStr(f"http://127.0.0.1:{silent.getsockname()[1]}/"))
        telling = Thread(target=lambda: told.extend(tell(settings, ALERTS)), daemon=True)
        telling.start()
        telling.join(10)
    assert told == ["the webhook did not answer within 0.2 s"]


@pytest.mark.parametrize(
    ("beginning", "seconds", "says"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n", 10.0, []),
        (b"HTTP/1.1 200 OK\r\nx-slow: ", 0.3, ["the webhook did not answer within 0.3 s"]),
    ],
    ids=["body", "headers"],
)
async def test_an_answer_that_trickles_in_is_not_waited_for(
    beginning: bytes, seconds: float, says: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "_TIMEOUT_SECONDS", seconds)

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(beginning)
            while not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)

    async with await asyncio.start_server(trickle, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        settings = Settings(alert_webhook=SecretStr(url))
        assert await asyncio.wait_for(asyncio.to_thread(tell, settings, ALERTS), 10) == says


def test_mail_carries_every_alert_with_its_page(mail: tuple[Mailbox, Settings]) -> None:
    mailbox, settings = mail
    assert tell(settings, ALERTS) == []
    text = mailbox.messages[0].content.decode()
    assert mailbox.messages[0].rcpt_tos == ["ops@example.org"]
    assert "Subject: weather_platform: freshness nws/blend: 2 missed and 1 more" in text
    assert "docs/runbook/runs.md" in text


def test_mail_to_several_is_from_the_first(mail: tuple[Mailbox, Settings]) -> None:
    """Found by trying: it was from all of them, as many servers let nobody write."""
    mailbox, settings = mail
    both = settings.model_copy(update={"alert_email": "Ops <ops@example.org>, me@example.org"})
    assert tell(both, ALERTS) == []
    assert mailbox.messages[0].rcpt_tos == ["ops@example.org", "me@example.org"]
    assert "From: Ops <ops@example.org>\r\n" in mailbox.messages[0].content.decode()


def test_a_name_of_two_lines_is_mailed_in_a_subject_of_one(mail: tuple[Mailbox, Settings]) -> None:
    """A dropped file may be called so: the sensor `watch` then failed at every look, and told nothing."""
    mailbox, settings = mail
    assert (
        tell(settings, [Alert("truth", "warning", "cannot be read: a\nb.csv", "drop a mended one", AT)]) == []
    )
    assert "Subject: weather_platform: cannot be read: a b.csv\r\n" in mailbox.messages[0].content.decode()


def test_a_password_is_never_sent_in_clear(mail: tuple[Mailbox, Settings]) -> None:
    mailbox, settings = mail
    secret = settings.model_copy(update={"smtp_user": "me", "smtp_password": SecretStr("pa55word")})
    (problem,) = tell(secret, ALERTS)
    assert problem == "the mail server did not take it: SMTPNotSupportedError"
    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("password", "known", "problems"),
    [
        ("pa55word", False, ["the mail server did not take it: SSLCertVerificationError"]),
        ("pa55word", True, []),
        (None, False, []),
    ],
    ids=["password, unknown", "password, known", "no password"],
)
def test_a_password_is_for_a_server_that_proves_who_it_is(
    password: str | None, known: bool, problems: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading: whoever stood between got the password with any certificate."""
    key, certificate = self_signed()
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "certificate.pem").write_bytes(certificate)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    logins: list[Any] = []

    def login(*asked: Any) -> AuthResult:
        logins.append(asked)
        return AuthResult(success=True)

    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with mail_server(tls_context=context, authenticator=login) as (mailbox, settings):
        secret = {"smtp_user": "me", "smtp_password": SecretStr(password)} if password else {}
        assert tell(settings.model_copy(update=secret), ALERTS) == problems
    assert len(mailbox.messages) == (not problems)
    assert len(logins) == known


async def test_one_dead_channel_does_not_silence_the_other(mail: tuple[Mailbox, Settings]) -> None:
    mailbox, settings = mail
    both = settings.model_copy(update={"alert_webhook": SecretStr("http://127.0.0.1:9/")})
    assert await asyncio.to_thread(tell, both, ALERTS) == ["the webhook was not reached: ConnectError"]
    assert len(mailbox.messages) == 1


def test_nobody_is_told_where_nobody_wants_to_be() -> None:
    assert tell(Settings(), ALERTS) == []
    assert tell(Settings(alert_webhook=SecretStr("http://127.0.0.1:9/")), []) == []


def test_an_alert_is_bounded_and_says_when_and_where_to_read_on() -> None:
    text = Alert("runs", "error", "t", "x" * 100_000, AT).plain()
    assert len(text) == 4_000
    assert text.endswith("xx\n2026-08-10 12:10 UTC. Runbook: docs/runbook/runs.md")


@pytest.mark.parametrize(("too_long", "shown"), [(0, 2), (1, 1)])
def test_what_just_fits_into_a_message_is_in_it(too_long: int, shown: int) -> None:
    first, second = (Alert("runs", "error", f"run {number} failed", "", AT) for number in range(2))
    room = 4_000 - len("\n\nAnd 2 more: see `weather-platform doctor`.")
    rest = room - len(first.plain()) - len(second.plain()) - len("\n\n") * 2
    text = alerts.plain([first, replace(second, text="x" * (rest + too_long))])
    assert text.count("[error]") == shown


@pytest.mark.parametrize("size", [10, 1_000, 100_000])
def test_a_message_says_how_many_alerts_it_has_no_room_for(size: int) -> None:
    many = [Alert("runs", "error", f"run {number} failed", "x" * size, AT) for number in range(60)]
    text = alerts.plain(many)
    shown = text.count("[error]")
    assert 1 <= shown < 60
    assert len(text) <= 4_000
    assert text.startswith("[error] run 0 failed")
    assert text.endswith(f"\n\nAnd {60 - shown} more: see `weather-platform doctor`.")


async def test_what_a_channel_did_not_take_goes_with_the_next_once(mail: tuple[Mailbox, Settings]) -> None:
    mailbox, settings = mail
    answers, seen = [500, 500, 200, 200], []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(status=answers[len(seen) - 1])

    first, second = ALERTS
    async with serve(answer) as url:
        both = settings.model_copy(update={"alert_webhook": SecretStr(url)})
        with dg.DagsterInstance.ephemeral() as instance:
            told = [
                await asyncio.to_thread(tell_from, both, instance, each)
                for each in ([first], [second], [], [])
            ]
    assert told == [["the webhook answered with HTTP status 500"]] * 2 + [[], []]
    titles = [[one["title"] for one in json.loads(request.body)["alerts"]] for request in seen]
    assert titles == [[first.title], [second.title, first.title], [second.title, first.title]]
    assert json.loads(seen[2].body)["alerts"][1]["at"] == "2026-08-10T12:10:00+00:00"
    assert len(mailbox.messages) == 2  # which took each at once


async def test_of_what_a_dead_channel_did_not_take_the_newest_are_kept() -> None:
    settings = Settings(alert_webhook=SecretStr("http://127.0.0.1:9/"))
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(b"ok")

    with dg.DagsterInstance.ephemeral() as instance:
        for number in range(60):
            alert = Alert("runs", "error", f"run {number} failed", "ValueError", AT)
            assert await asyncio.to_thread(tell_from, settings, instance, [alert])
        async with serve(answer) as url:
            alive = Settings(alert_webhook=SecretStr(url))
            assert await asyncio.to_thread(tell_from, alive, instance, []) == []
    sent = [one["title"] for one in json.loads(seen[0].body)["alerts"]]
    assert sent == [f"run {number} failed" for number in reversed(range(10, 60))]
