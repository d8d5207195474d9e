"""Alerts reach a real mail server, which gets a password only where it proves who it is."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.watch.alerts import Alert
from weather_platform_tests.certificates import self_signed
from weather_platform_tests.infra.watch.channels import ALERTS, AT, Mailbox, mail_server, tell

pytestmark = pytest.mark.usefixtures("own_folder")


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


def test_a_password_is_never_sent_in_clear() -> None:
    logins: list[Any] = []
    with mail_server(authenticator=lambda *asked: logins.append(asked), auth_require_tls=False) as (
        mailbox,
        settings,
    ):
        secret = settings.model_copy(update={"smtp_user": "me", "smtp_password": SecretStr("pa55word")})
        (problem,) = tell(secret, ALERTS)
    assert problem == "the mail server did not take it: SMTPNotSupportedError"
    assert mailbox.messages == logins == []


@pytest.mark.parametrize(
    ("password", "known", "problems"),
    [
        ("pa55word", False, ["the mail server did not take it: SSLCertVerificationError"]),
        ("pa55word", True, []),
        ("pa55wört", True, ["the mail server did not take it: UnicodeEncodeError"]),
        (None, False, []),
    ],
    ids=["password, unknown", "password, known", "password that SMTP cannot send", "no password"],
)
def test_a_password_is_for_a_server_that_proves_who_it_is(
    password: str | None, known: bool, problems: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading: whoever stood between got the password with any certificate; and that of one with an
    umlaut nothing was told at all, by no channel, since what smtplib raises of it was no alert's failure.
    """
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
    with mail_server(tls_context=context, authenticator=login, require_starttls=True) as (mailbox, settings):
        secret = {"smtp_user": "me", "smtp_password": SecretStr(password)} if password else {}
        assert tell(settings.model_copy(update=secret), ALERTS) == problems
    assert len(mailbox.messages) == (not problems)
    assert len(logins) == (known and not problems)
