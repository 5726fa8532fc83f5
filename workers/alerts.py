"""Jobs of alerts: messages, confirmations, what is due, what is old."""

from __future__ import annotations

from uuid import UUID

from omnisonic.insight.alerts import digest
from omnisonic.insight.alerts.channels import write_confirmation_mail
from omnisonic.insight.alerts.delivery import run
from omnisonic.insight.alerts.delivery.recovery import recover
from omnisonic.insight.alerts.retention import remove_old_history
from omnisonic.insight.alerts.watching import service as watching
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger
from omnisonic.platform.mail import send_mail

BATCHES_MAX = 1000

log = get_logger(__name__)


def deliver(delivery_id: str) -> None:
    """Try once to hand a message over. Running it again never sends what has arrived."""
    run.deliver(UUID(delivery_id))


def send_channel_confirmation(channel_id: str) -> None:
    """Mail the code that confirms a channel's address. A repeated run sends a new one and voids the old."""
    with unit_of_work() as uow:
        mail = write_confirmation_mail(uow, channel_id=UUID(channel_id))
    if mail is not None:
        send_mail(mail)


def evaluate_rules() -> None:
    """Evaluate every rule on the news that came since the last time. Running it again changes nothing."""
    evaluated = watching.evaluate_rules()
    if evaluated:
        log.info("alert_rules_evaluated", rules=evaluated)


def send_due() -> None:
    """Start what is due: second tries, messages held until morning, and what dead processes left behind."""
    with unit_of_work() as uow:
        found = recover(uow, now=utc_now())
    if found:
        log.info("alerts_due", messages=found)


def send_digests() -> None:
    """Write the weekly digests that are due, each account once a week."""
    now, after = utc_now(), None
    while True:
        with unit_of_work() as uow:
            after = digest.send_digests(uow, now=now, after=after)
        if after is None:
            return


def clean_up() -> None:
    """Remove old history and ended slots."""
    now = utc_now()
    for _ in range(BATCHES_MAX):
        with unit_of_work() as uow:
            if not remove_old_history(uow, now=now):
                return
