"""Sends mail through the configured server: plain text, and where given its HTML alternative."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid, parseaddr
from typing import Any

import yagmail

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.settings import Settings, get_settings

TIMEOUT_S = 20
LAST_REPLY_S = 60  # RFC 5321 §4.5.3.2.6: impatience at this point is what makes a mail come twice
IMPLICIT_TLS_PORT = 465
LINE_END = re.compile(rb"\r\n|\n|\r")
LEADING_DOT = re.compile(rb"(?m)^\.")


class Unanswered(Exception):
    """The whole message left, and the mail server did not say whether it took it."""


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


def send_mail(mail: Mail, *, before_it_leaves: Callable[[], None] | None = None) -> None:
    """Hand a message to the mail server.

    `before_it_leaves` is called once the server took sender and recipient, before a word of the message;
    what it raises stops the sending. Raises `ServiceUnavailable` without a server, `OSError` or
    `smtplib.SMTPException` when nothing was taken, and `Unanswered`; the job that calls this is retried.
    """
    settings = get_settings()
    if not settings.smtp_host:
        raise ServiceUnavailable("No mail server is set. Set SMTP_HOST.")
    with _Sender(settings, before_it_leaves) as sender:
        sender.send(to=mail.to, subject=mail.subject, contents=mail)


class _Sender(yagmail.SMTP):  # type: ignore[misc]  # the library has no annotations of its own
    """yagmail with plain-text bodies, a login name of its own, and a TLS context that verifies."""

    def __init__(self, settings: Settings, before_it_leaves: Callable[[], None] | None) -> None:
        name, address = parseaddr(settings.smtp_from)
        self.settings = settings
        self.before_it_leaves = before_it_leaves
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
        """The commands of RFC 5321 §3.3 one by one, so that it is known how far the message came.

        yagmail's own would send up to three times when the server hangs up after it took the message.
        """
        content = _as_data(message)
        self.smtp.ehlo_or_helo_if_needed()
        size = [f"size={len(content)}"] if self.smtp.has_extn("size") else []
        code, said = self.smtp.mail(self.user, size)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, said, self.user)
        for one in recipients:
            code, said = self.smtp.rcpt(one)
            if code not in (250, 251):
                raise smtplib.SMTPRecipientsRefused({one: (code, said)})
        if self.before_it_leaves is not None:
            self.before_it_leaves()
        code, said = self.smtp.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPDataError(code, said)
        self.smtp.send(content)  # broken off here the last line is missing, and the server takes nothing
        self.smtp.sock.settimeout(LAST_REPLY_S)
        try:
            code, said = self.smtp.getreply()
        except smtplib.SMTPServerDisconnected as error:
            raise Unanswered(
                "The mail server had the whole message and did not say that it took it."
            ) from error
        if code != 250:
            raise smtplib.SMTPDataError(code, said)
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


def _as_data(message: str) -> bytes:
    """A message as it follows DATA: CRLF, dots at line beginnings doubled, a dot alone at the end."""
    lines = LINE_END.sub(b"\r\n", message.encode("ascii"))
    ended = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return LEADING_DOT.sub(b"..", ended) + b".\r\n"
