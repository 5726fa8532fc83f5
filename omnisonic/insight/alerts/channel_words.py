"""A channel in the words of its page: where it goes, how it is, and why. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from omnisonic.insight.alerts.history_schemas import DeliveryView
from omnisonic.insight.alerts.models import ChannelType, DeliveryStatus
from omnisonic.insight.alerts.schemas import ChannelFilters, ChannelView
from omnisonic.insight.news import EntityType
from omnisonic.platform.errors import FieldError, InvalidFields, OmnisonicError
from omnisonic.platform.ui.words import ago, count

TYPE_WORDS = {
    ChannelType.EMAIL: "E-mail",
    ChannelType.WEBHOOK: "Webhook",
    ChannelType.SLACK: "Slack",
}
KIND_WORDS = {
    EntityType.ARTIST: "artists",
    EntityType.WORK: "works",
    EntityType.RECORDING: "recordings",
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
    """One channel of the list; without `id` none. `status`: ok, warn, danger or plain."""

    id: str = ""
    name: str = ""
    type: str = ""
    type_words: str = ""
    target: str = ""
    status: str = ""
    status_words: str = ""
    reason: str = ""
    limit: str = ""
    limit_words: str = ""
    takes: list[str] = field(default_factory=list)
    confidence: str = ""
    filter_words: str = ""
    is_enabled: bool = False
    is_confirmed: bool = False
    is_system: bool = False
    version: int = 0
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
        takes=[str(one) for one in view.filters.entity_types or EntityType],
        confidence=_percent(view.filters.min_confidence),
        filter_words=filter_words(view.filters),
    )


def filter_words(filters: ChannelFilters) -> str:
    """What a channel takes; empty where it takes everything."""
    parts = []
    if filters.entity_types:
        named = [KIND_WORDS[one] for one in EntityType if one in filters.entity_types]
        parts.append(f"only about {' and '.join(named)}")
    if filters.min_confidence is not None:
        parts.append(f"only mentions at least {_percent(filters.min_confidence)} % sure")
    return f"Takes messages {', '.join(parts)}." if parts else ""


def parse_filters(kinds: Collection[EntityType], confidence: str) -> ChannelFilters:
    """The filters of a form: every kind means everything. Raises `InvalidFields`."""
    if not kinds:
        message = "Choose at least one kind of message that the channel takes."
        raise InvalidFields(message, errors=[FieldError("filters.entityTypes", "required", message)])
    return ChannelFilters(
        entity_types=[one for one in EntityType if one in kinds] if len(kinds) < len(EntityType) else [],
        min_confidence=_parse_percent(confidence),
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


def _parse_percent(words: str) -> float | None:
    given = words.strip().removesuffix("%").strip().replace(",", ".")
    if not given:
        return None
    try:
        found = float(given)
    except ValueError:
        found = -1.0
    if 0 <= found <= 100:  # neither of them is true of what is no number
        return found / 100
    message = "Write how sure a mention must be, from 0 to 100 %, or leave it empty."
    raise InvalidFields(message, errors=[FieldError("filters.minConfidence", "range", message)])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.10g}"


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
