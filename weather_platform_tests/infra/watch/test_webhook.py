"""Alerts reach a real webhook, whose address reaches no log."""

import asyncio
import json
import logging
import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.watch import alerts, channels
from weather_platform.infra.watch.alerts import Alert
from weather_platform_tests.certificates import self_signed
from weather_platform_tests.infra.watch.channels import ALERTS, AT, tell, webhook
from weather_platform_tests.loopback import Answer, Seen, serve

pytestmark = pytest.mark.usefixtures("own_folder")


async def test_a_webhook_gets_words_and_data_and_its_address_stays_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with webhook() as (url, seen):
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
    async with webhook(400, 400) as (url, seen):
        settings = Settings(alert_webhook=SecretStr(url))
        problems = await asyncio.to_thread(tell, settings, ALERTS)
    assert problems == ["the webhook answered with HTTP status 400"]
    assert len(seen) == 2


async def test_no_name_calls_a_room_together_or_makes_a_link_of_its_own() -> None:
    """Chats read `<!everyone>`, `<https://…|words>` and `@channel`; and `model/<variable>` as a link."""
    hostile = Alert("truth", "warning", "cannot be read: <!everyone> @all", "model/<variable>", AT)
    async with webhook() as (url, seen):
        assert await asyncio.to_thread(tell, Settings(alert_webhook=SecretStr(url)), [hostile]) == []
    body = json.loads(seen[0].body)
    assert not set("<>@") & set(body["text"])
    assert "‹!everyone›" in body["text"]
    assert body["alerts"][0]["text"] == "model/<variable>"


async def test_a_user_and_a_password_in_the_address_are_sent(caplog: pytest.LogCaptureFixture) -> None:
    """Found by reading: they were left out, and whoever wants them answered 401 for ever."""
    caplog.set_level(logging.DEBUG)
    async with webhook() as (url, seen):
        address = f"{url.replace('//', '//me:pa%20ss@')}/hook"
        assert await asyncio.to_thread(tell, Settings(alert_webhook=SecretStr(address)), ALERTS) == []
    assert seen[0].headers["authorization"] == f"Basic {b64encode(b'me:pa ss').decode()}"
    assert "pa%20ss" not in caplog.text and "pa ss" not in caplog.text
    assert seen[0].headers["host"] == url.removeprefix("http://")


async def test_a_webhook_must_prove_who_it_is(tmp_path: Path) -> None:
    key, certificate = self_signed()
    (tmp_path / "both.pem").write_bytes(key + certificate)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "both.pem")
    async with await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0, ssl=context) as server:
        settings = Settings(
            alert_webhook=SecretStr(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        )
        told = await asyncio.to_thread(tell, settings, ALERTS)
    assert told == ["the webhook was not reached: ConnectError"]


@pytest.mark.parametrize("status", [302, 500])
async def test_a_dead_webhook_is_named_without_its_address(status: int) -> None:
    async with webhook(status) as (url, _):
        settings = Settings(alert_webhook=SecretStr(f"{url}/T0PSECRET"))
        assert await asyncio.to_thread(tell, settings, ALERTS) == [
            f"the webhook answered with HTTP status {status}"
        ]
    assert await asyncio.to_thread(tell, settings, ALERTS) == ["the webhook was not reached: ConnectError"]


def test_a_webhook_that_takes_a_message_and_stays_silent_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channels, "_TIMEOUT_SECONDS", 0.2)
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
    monkeypatch.setattr(channels, "_TIMEOUT_SECONDS", seconds)

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
