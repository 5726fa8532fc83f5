"""Sends mail through the configured server: plain text, and where given its HTML alternative."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid, parseaddr
from typing import Any

import yagmail

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.settings import Settings, get_settings

TIMEOUT_S = 20
IMPLICIT_TLS_PORT = 465


@dataclass(frozen=True)
class Mail:
    """One message to one address.

    `html` must be escaped already. `message_id` is the part before the @ of the Message-ID and stays the
    same when a message is sent again; `unsubscribe_url` takes a POST without a sign-in (RFC 8058).
    """

    to: str
    subject: str
    text: str
    html: str | None = None
    message_id: str | None = None
    unsubscribe_url: str | None = None


def send_mail(mail: Mail) -> None:
    """Hand a message to the mail server.

    Raises `ServiceUnavailable` without a server, `OSError` or `smtplib.SMTPException` when it refuses;
    the job that calls this is retried.
    """
    settings = get_settings()
    if not settings.smtp_host:
        raise ServiceUnavailable("No mail server is set. Set SMTP_HOST.")
    with _Sender(settings) as sender:
        sent = sender.send(to=mail.to, subject=mail.subject, contents=mail)
    if sent is False:
        raise ServiceUnavailable("The mail server closed the connection.")


class _Sender(yagmail.SMTP):  # type: ignore[misc]  # the library has no annotations of its own
    """yagmail with plain-text bodies, a login name of its own, and a TLS context that verifies."""

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

    def _attempt_send(self, recipients: list[str], message: str) -> bool:
        # yagmail's own would send up to three times when the server hangs up after it took the message.
        try:
            self.smtp.sendmail(self.user, recipients, message)
        except smtplib.SMTPServerDisconnected:
            return False
        return True

    def prepare_send(self, to: str, subject: str, contents: Mail, *_: Any) -> tuple[list[str], str]:
        """Recipients and the message.

        yagmail's own would attach a file where a text happens to be a path, and always adds an HTML part
        in which names that people chose are not escaped.
        """
        domain = self.user.rpartition("@")[2]
        message = EmailMessage()
        message["From"] = formataddr((self.useralias, self.user))
        message["To"] = to
        message["Subject"] = " ".join(subject.split())
        message["Date"] = formatdate()
        own_id = f"<{contents.message_id}@{domain}>" if contents.message_id else None
        message["Message-ID"] = own_id or make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
        if contents.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{contents.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(contents.text)
        if contents.html is not None:
            message.add_alternative(contents.html, subtype="html")
        return [to], message.as_string()
