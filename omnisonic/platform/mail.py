"""Sends plain-text mail through the configured server."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from email.utils import parseaddr

import yagmail

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.settings import Settings, get_settings

TIMEOUT_S = 20
IMPLICIT_TLS_PORT = 465


@dataclass(frozen=True)
class Mail:
    """One message to one address."""

    to: str
    subject: str
    text: str


def send_mail(mail: Mail) -> None:
    """Hand a message to the mail server.

    Raises `ServiceUnavailable` without a server, `OSError` or `smtplib.SMTPException` when it refuses;
    the job that calls this is retried.
    """
    settings = get_settings()
    if not settings.smtp_host:
        raise ServiceUnavailable("No mail server is set. Set SMTP_HOST.")
    with _Sender(settings) as sender:
        # `raw` matters: yagmail attaches a file when a bare string happens to be a path.
        sent = sender.send(to=mail.to, subject=_one_line(mail.subject), contents=[yagmail.raw(mail.text)])
    if sent is False:
        raise ServiceUnavailable("The mail server closed the connection.")


class _Sender(yagmail.SMTP):  # type: ignore[misc]  # the library has no annotations of its own
    """yagmail with a login name that may differ from the sender, and a TLS context that verifies."""

    def __init__(self, settings: Settings) -> None:
        name, address = parseaddr(settings.smtp_from)
        self.settings = settings
        is_implicit = settings.smtp_tls and settings.smtp_port == IMPLICIT_TLS_PORT
        super().__init__(
            user={address: name or address},
            host=settings.smtp_host,
            port=settings.smtp_port,
            smtp_ssl=is_implicit,
            smtp_starttls={"context": ssl.create_default_context()}
            if settings.smtp_tls and not is_implicit
            else False,
            smtp_skip_login=True,
            soft_email_validation=False,
            timeout=TIMEOUT_S,
            **({"context": ssl.create_default_context()} if is_implicit else {}),
        )

    def login(self) -> None:
        """Connect, and log in when there is an account."""
        super().login()
        if self.settings.smtp_user:
            password = self.settings.smtp_password
            self.smtp.login(self.settings.smtp_user, password.get_secret_value() if password else "")


def _one_line(subject: str) -> str:
    return " ".join(subject.split())
