"""Mail of alerts: what the mail server's answer means."""

from __future__ import annotations

import smtplib
from collections.abc import Callable

from omnisonic.insight.alerts.delivery.outcome import Outcome, Sent, excerpt
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.mail import Mail, Unanswered, send_mail

PERMANENT = range(500, 600)


def send_email(mail: Mail, *, before_it_leaves: Callable[[], None]) -> Sent:
    """Hand a message to the mail server; 4xx and lost connections are tried again, 5xx is final (RFC 5321).

    Not so once the whole message has left without an answer: it may have been taken, and a repetition would
    arrive as a second mail with most systems, although it carries the same Message-ID.
    """
    try:
        send_mail(mail, before_it_leaves=before_it_leaves)
    except Unanswered as error:
        return Sent(Outcome.UNKNOWN, excerpt(str(error)))
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        return _refused(code, said)
    except smtplib.SMTPAuthenticationError as error:  # our own account: no fault of the message
        return Sent(Outcome.TRY_AGAIN, excerpt(error.smtp_error), status_code=error.smtp_code)
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException, ServiceUnavailable) as error:
        return Sent(Outcome.TRY_AGAIN, excerpt(str(error) or type(error).__name__))
    return Sent(Outcome.DELIVERED, "The mail server took it.", status_code=250)


def _refused(code: int, said: bytes | str) -> Sent:
    outcome = Outcome.REFUSED if code in PERMANENT else Outcome.TRY_AGAIN
    return Sent(outcome, excerpt(said), status_code=code)
