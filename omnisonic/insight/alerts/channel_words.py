"""A channel in the words of its page: where it goes, how it is, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from omnisonic.insight.alerts.history_schemas import DeliveryView
from omnisonic.insight.alerts.models import ChannelType, DeliveryStatus
from omnisonic.insight.alerts.schemas import ChannelView
from omnisonic.platform.errors import FieldError, InvalidFields, OmnisonicError
from omnisonic.platform.ui.words import ago, count

TYPE_WORDS = {
    ChannelType.EMAIL: "E-mail",
    ChannelType.WEBHOOK: "Webhook",
    ChannelType.SLACK: "Slack",
}
LIMIT_MAX = 1000
UNDER_WAY = {
    DeliveryStatus.PENDING,
    DeliveryStatus.HELD,
    DeliveryStatus.SENDING,
    DeliveryStatus.RETRYING,
}


@dataclass
class ChannelLine:
    """One channel of the list. `status`: ok, warn, danger or plain."""

    id: str
    name: str
    type: str
    type_words: str
    target: str
    status: str
    status_words: str
    reason: str
    limit: str
    limit_words: str
    is_enabled: bool
    is_confirmed: bool
    is_system: bool
    version: int
    test_kind: str = ""  # of the test that was sent from this page: plain while it is on its way
    test_words: str = ""


def channel_line(view: ChannelView, *, now: datetime) -> ChannelLine:
    """The line of a channel."""
    status, words, reason = _health(view, now=now)
    return ChannelLine(
        id=str(view.id),
        name=view.name,
        type=str(view.type),
        type_words=TYPE_WORDS[view.type],
        target=view.target,
        status=status,
        status_words=words,
        reason=reason,
        limit=str(view.rate_limit_per_hour),
        limit_words=f"At most {count(view.rate_limit_per_hour, 'message')} an hour about one entity",
        is_enabled=view.enabled,
        is_confirmed=view.confirmed_at is not None,
        is_system=view.is_system,
        version=view.version,
    )


def outcome_of_test(view: DeliveryView) -> tuple[str, str]:
    """What became of a test message: the kind of notice (plain while it is under way) and the words."""
    why = f" {view.error}" if view.error else ""
    if view.status is DeliveryStatus.DELIVERED:
        return "ok", "The test arrived."
    if view.status is DeliveryStatus.UNKNOWN:
        return "warn", f"The test left, but nobody said that it arrived.{why}"
    if view.status is DeliveryStatus.RETRYING:
        return "plain", f"The test was not taken yet and is tried again.{why}"
    if view.status in UNDER_WAY:
        return "plain", "The test is on its way …"
    return "danger", f"The test did not arrive.{why}"


def parse_limit(words: str) -> int | None:
    """The limit of a form; empty means as many as the installation allows. Raises `InvalidFields`."""
    if not words.strip():
        return None
    if words.strip().isdecimal() and len(words.strip()) <= 9 and 1 <= int(words) <= LIMIT_MAX:
        return int(words)
    message = (
        f"The limit is a whole number from 1 to {LIMIT_MAX:,}. Leave it empty for the most there can be."
    )
    raise InvalidFields(message, errors=[FieldError("rateLimitPerHour", "range", message)])


def problem_words(error: OmnisonicError) -> str:
    """What a form says about a refusal."""
    return error.errors[0].message if error.errors else error.detail


def _health(view: ChannelView, *, now: datetime) -> tuple[str, str, str]:
    if not view.enabled:
        return "plain", "Turned off", view.disabled_reason or ""
    if view.confirmed_at is None:
        return "warn", "Waiting for confirmation", "Nothing is sent before the link in the mail was opened."
    if view.failing_since is not None:
        return (
            "danger",
            "Failing",
            f"Nothing arrives since {ago(view.failing_since, now=now)}; it is tried again.",
        )
    return "ok", "Confirmed" if view.type is ChannelType.EMAIL else "Ready", ""
