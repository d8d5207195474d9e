"""The ways to tell people: a webhook, e-mail, or both, as the settings say.

Belongs here: sending. Does not: the words (see alerts), or what becomes of an alert that did not leave (see
outbox).
"""

import asyncio
import smtplib
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any, Protocol

import httpx

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.watch.alerts import Alert, plain

_TIMEOUT_SECONDS = 10.0
_SEEN = "https://webhook.invalid/"
_REFUSED = 400
# Chats make links, and calls to everybody in a room, of these; a dropped file may have them in its name.
_HARMLESS = str.maketrans({"<": "‹", ">": "›", "@": "＠"})


class AlertError(Exception):
    """An alert that did not leave; the text names the channel and the kind of failure, and no address."""


class Channel(Protocol):
    """A way to tell, for callers without an event loop; of each `name` there is one at most."""

    name: str

    def send(self, alerts: Sequence[Alert]) -> None:
        """All alerts in one message. Raises AlertError."""


class Webhook:
    """POSTs JSON: `text` as chat services take it (Slack, Mattermost, Google Chat), `alerts` for machines; to
    a service that takes no field that it does not know, as Google Chat does not, `text` alone.
    """

    name = "webhook"

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, alerts: Sequence[Alert]) -> None:
        """See Channel. No redirect is followed, and of the answer only the status is read: its body says
        nothing, and may come without end.
        """
        text = {"text": plain(alerts).translate(_HARMLESS)}
        try:
            reply = asyncio.run(self._post(text | {"alerts": [alert.as_json() for alert in alerts]}))
            if reply.status_code == _REFUSED:
                reply = asyncio.run(self._post(text))
        except TimeoutError:
            raise AlertError(f"the webhook did not answer within {_TIMEOUT_SECONDS:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise AlertError(f"the webhook was not reached: {type(error).__name__}") from None
        if not reply.is_success:
            raise AlertError(f"the webhook answered with HTTP status {reply.status_code}")

    async def _post(self, body: dict[str, Any]) -> httpx.Response:
        """The answer without its body. The time is for all of it: httpx's own limits are of silence only."""
        url = httpx.URL(self._url)
        auth = httpx.BasicAuth(url.username, url.password) if url.userinfo else None
        async with (
            asyncio.timeout(_TIMEOUT_SECONDS),
            httpx.AsyncClient(transport=_Hidden(url), auth=auth, timeout=None) as client,  # noqa: S113 - above
            client.stream("POST", _SEEN, json=body) as reply,
        ):
            return reply


class _Hidden(httpx.AsyncBaseTransport):
    """Sends to an address that httpx never logs: a webhook's path is a secret."""

    def __init__(self, url: httpx.URL) -> None:
        self._url = url
        # Certificates take longer to read than an alert to send, and plain HTTP has none.
        self._inner = httpx.AsyncHTTPTransport(verify=url.scheme == "https")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = request.headers.copy()
        headers["Host"] = self._url.netloc.decode()
        hidden = httpx.Request(
            request.method,
            self._url,
            headers=headers,
            stream=request.stream,
        )
        return await self._inner.handle_async_request(hidden)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Mail:
    """Plain text by SMTP, with STARTTLS where the server offers it. Before a password always, and then the
    server must prove who it is (`SSL_CERT_FILE` names a certificate of one's own).
    """

    name = "mail"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, alerts: Sequence[Alert]) -> None:
        """See Channel."""
        settings = self._settings
        message = EmailMessage()
        # A title may quote a dropped file's name, which may hold a line's end: no header does.
        title = " ".join(alerts[0].title.split())
        message["Subject"] = f"weather_platform: {title}" + f" and {len(alerts) - 1} more" * (len(alerts) > 1)
        message["To"] = to = settings.alert_email or ""
        message["From"] = settings.smtp_from or to.partition(",")[0]  # of several senders no server hears
        message.set_content(plain(alerts))
        try:
            with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_TIMEOUT_SECONDS) as server:
                server.ehlo()
                if settings.smtp_password is not None:
                    server.starttls(context=httpx.create_ssl_context())
                elif server.has_extn("starttls"):  # as mail servers do among each other, whatever they show
                    server.starttls()
                if settings.smtp_user and settings.smtp_password is not None:
                    server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
                server.send_message(message)
        except (OSError, ValueError) as error:  # as smtplib's own are, the latter of a password beyond ASCII
            raise AlertError(f"the mail server did not take it: {type(error).__name__}") from None


def channels(settings: Settings) -> list[Channel]:
    """The ways that are set; none where nobody wants to be told."""
    found: list[Channel] = []
    if settings.alert_webhook is not None:
        found.append(Webhook(settings.alert_webhook.get_secret_value()))
    if settings.alert_email is not None:
        found.append(Mail(settings))
    return found
