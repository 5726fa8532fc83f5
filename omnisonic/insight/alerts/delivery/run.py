"""One attempt at one message: claim, send, settle, each committed before the next begins."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from omnisonic.insight.alerts.delivery.claims import Claimed, Overtaken, claim, note_leaving, settle
from omnisonic.insight.alerts.delivery.email import send_email
from omnisonic.insight.alerts.delivery.outcome import Outcome, Sent
from omnisonic.insight.alerts.delivery.slack import send_slack
from omnisonic.insight.alerts.delivery.webhook import send_webhook
from omnisonic.insight.alerts.forms import to_html, to_slack, to_text, to_webhook
from omnisonic.insight.alerts.models import ChannelType, DeliveryKind
from omnisonic.insight.alerts.unsubscribe import unsubscribe_url
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger
from omnisonic.platform.mail import Mail
from omnisonic.platform.settings import get_settings

log = get_logger(__name__)


@dataclass
class Leaving:
    """Writes down that a mail is about to leave: who finds the row after a crash does not send it again."""

    claimed: Claimed
    is_noted: bool = False

    def note(self) -> None:
        """Commit it. Raises `Overtaken`."""
        with unit_of_work() as uow:
            note_leaving(uow, self.claimed)
        self.is_noted = True


def deliver(delivery_id: UUID) -> Sent | None:
    """Try once to hand a message over; None when it was not due or somebody else is at it."""
    with unit_of_work() as uow:
        claimed = claim(uow, delivery_id, now=utc_now())
    if claimed is None:
        return None
    started_s = time.monotonic()
    leaving = Leaving(claimed)
    try:
        sent = _send(claimed, leaving)
    except Overtaken:
        return None
    except BaseException as error:  # the job's own time-out too: the row must not wait for the sweeper
        is_unclear = claimed.type is ChannelType.SLACK or leaving.is_noted
        outcome = Outcome.UNKNOWN if is_unclear else Outcome.TRY_AGAIN
        _settle(claimed, Sent(outcome, f"Sending broke off ({type(error).__name__})."), started_s)
        raise
    _settle(claimed, sent, started_s)
    return sent


def _settle(claimed: Claimed, sent: Sent, started_s: float) -> None:
    latency_ms = round((time.monotonic() - started_s) * 1000)
    _record(claimed, sent, latency_ms)
    log.info(
        "alert_attempted",
        delivery_id=str(claimed.delivery_id),
        channel=claimed.type,
        outcome=sent.outcome,
        status=sent.status_code,
        latency_ms=latency_ms,
    )


@repeatable  # what was sent must not be sent again because its channel was removed at this moment
def _record(claimed: Claimed, sent: Sent, latency_ms: int) -> None:
    with unit_of_work() as uow:
        settle(uow, claimed, sent, latency_ms=latency_ms, now=utc_now())


def _send(claimed: Claimed, leaving: Leaving) -> Sent:
    if claimed.type is ChannelType.WEBHOOK:
        return send_webhook(
            claimed.target,
            message_id=str(claimed.delivery_id),
            body=to_webhook(claimed.message),
            now=utc_now(),
        )
    if claimed.type is ChannelType.SLACK:
        return send_slack(claimed.target, body=to_slack(claimed.message), now=utc_now())
    return send_email(_mail(claimed), before_it_leaves=leaving.note)


def _mail(claimed: Claimed) -> Mail:
    link = _unsubscribe_link(claimed)
    foot = f"Sent by Omnisonic, {get_settings().public_url}"
    if link:
        foot += f"\nNo more of these: {link}"
    return Mail(
        to=claimed.target.address or "",
        subject=claimed.message.subject,
        text=to_text(claimed.message, foot=foot),
        html=to_html(claimed.message, foot=foot),
        message_id=str(claimed.delivery_id),
        unsubscribe_url=link,
    )


def _unsubscribe_link(claimed: Claimed) -> str | None:
    if claimed.channel_id is not None:
        return unsubscribe_url(claimed.channel_id)
    return unsubscribe_url(claimed.user_id) if claimed.kind is DeliveryKind.DIGEST else None
