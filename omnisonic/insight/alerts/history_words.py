"""What fired, and what became of its messages, in the words of the page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from omnisonic.insight.alerts.history_schemas import DeliveryView, EventView
from omnisonic.insight.alerts.message import window_words
from omnisonic.insight.alerts.models import DeliveryStatus, EventState, RuleKind, Suppression
from omnisonic.insight.alerts.mute_schemas import MuteView
from omnisonic.insight.alerts.mute_words import until_words
from omnisonic.platform.ui.words import ago, count

ARTICLES_SHOWN = 2
TITLE_MAX_CHARS, URL_MAX_CHARS = 160, 500
STATUS_WORDS = {
    DeliveryStatus.PENDING: ("plain", "On its way"),
    DeliveryStatus.HELD: ("plain", "Waits for the end of your quiet hours"),
    DeliveryStatus.SENDING: ("plain", "Being sent"),
    DeliveryStatus.RETRYING: ("warn", "Not taken yet, tried again"),
    DeliveryStatus.DELIVERED: ("ok", "Arrived"),
    DeliveryStatus.FAILED: ("danger", "Did not arrive"),
    DeliveryStatus.EXPIRED: ("danger", "Given up, nobody could be reached in time"),
    DeliveryStatus.UNKNOWN: ("warn", "Left, but nobody said that it arrived"),
    DeliveryStatus.SUPPRESSED: ("plain", "Not sent"),
}
SUPPRESSION_WORDS = {
    Suppression.SNOOZED: "The rule was snoozed.",
    Suppression.COOLDOWN: "The rule had told of this shortly before.",
    Suppression.CAP: "The channel had as many messages about this within the hour as it may get.",
    Suppression.FILTERED: "The channel does not take messages like this.",
    Suppression.UNCONFIRMED: "The address of the channel was not confirmed.",
    Suppression.DISABLED: "The channel was turned off.",
    Suppression.NOT_ANNOUNCED: "The channel never heard that it began.",
    Suppression.MUTED: "You muted it.",
    Suppression.INHIBITED: "The alert about its artist tells of the same stories.",
}
RESENDABLE = {
    DeliveryStatus.DELIVERED,
    DeliveryStatus.FAILED,
    DeliveryStatus.EXPIRED,
    DeliveryStatus.UNKNOWN,
}
UNDER_WAY = {DeliveryStatus.PENDING, DeliveryStatus.SENDING}  # others wait for longer than anybody looks


@dataclass
class ArticleLine:
    """A piece of news behind an event."""

    title: str
    url: str
    source: str


@dataclass
class MessageLine:
    """What became of an event on a channel. `status`: ok, warn, danger or plain."""

    id: str
    channel: str
    status: str
    words: str
    reason: str
    facts: str
    may_resend: bool
    is_under_way: bool


@dataclass
class EventLine:
    """One event of the history."""

    id: str
    rule: str
    rule_id: str
    entity: str
    entity_type: str
    entity_id: str
    href: str
    when: str
    at: str
    words: str
    reason: str
    is_over: bool
    is_muted: bool
    mute_id: str  # what keeps it quiet now; empty when nothing does
    mute_words: str
    articles: list[ArticleLine] = field(default_factory=list)
    messages: list[MessageLine] = field(default_factory=list)


def event_line(view: EventView, *, now: datetime, mutes: Sequence[MuteView] = ()) -> EventLine:
    """The line of an event with its messages; `mutes` are those that hold now."""
    mute = _mute_of(view, mutes)
    return EventLine(
        id=str(view.id),
        rule=view.rule_name,
        rule_id=str(view.rule_id or ""),
        entity=view.entity_name,
        entity_type=str(view.entity_type),
        entity_id=str(view.entity_id),
        href=f"/entities/{view.entity_type}/{view.entity_id}",
        when=ago(view.created_at, now=now),
        at=f"{view.created_at:%Y-%m-%d %H:%M} UTC",
        words=found_words(view),
        reason=SUPPRESSION_WORDS[view.suppression] if view.suppression else "",
        is_over=view.state is EventState.RESOLVED,
        is_muted=view.suppression is Suppression.MUTED,
        mute_id=str(mute.id) if mute else "",
        mute_words=_mute_words(mute) if mute else "",
        articles=_articles(view.facts),
        messages=[message_line(one, now=now) for one in view.deliveries],
    )


def _mute_of(view: EventView, mutes: Sequence[MuteView]) -> MuteView | None:
    """What keeps the rule quiet about the entity; of two, that which every rule obeys."""
    found = [one for one in mutes if one.entity_id == view.entity_id and one.rule_id in (None, view.rule_id)]
    return min(found, key=lambda one: one.rule_id is not None, default=None)


def _mute_words(mute: MuteView) -> str:
    until = until_words(mute.until)
    reach = "for this rule" if mute.rule_id else "for all of your rules"
    reason = f": {mute.reason}" if mute.reason else ""
    return f"Muted {reach} {until}{reason}"


def found_words(view: EventView) -> str:
    """What the rule counted, and what was to be expected."""
    facts = view.facts
    if view.kind is RuleKind.NEW_ENTITY:
        return "In the news for the first time"
    value, window = float(facts.get("value") or 0), int(facts.get("windowMinutes") or 0)
    words = f"{value:,.0f} {'story' if value == 1 else 'stories'} in {window_words(window)}"
    if facts.get("expected") is not None:
        words += f", {float(facts['expected']):,.1f} expected"
    outlets = int(facts.get("sources") or 0)
    return f"{words}, {count(outlets, 'outlet')}" if outlets else words


def message_line(view: DeliveryView, *, now: datetime) -> MessageLine:
    """The line of a message; a suppressed event says why."""
    is_kept_back = view.suppression is not None
    status, words = STATUS_WORDS[DeliveryStatus.SUPPRESSED if is_kept_back else view.status]
    tries = count(view.attempts, "try") if view.attempts == 1 else f"{view.attempts} tries"
    when = f"arrived {ago(view.delivered_at, now=now)}" if view.delivered_at and not is_kept_back else ""
    is_waiting = view.status is DeliveryStatus.RETRYING and view.next_attempt_at is not None
    again = f"next try {view.next_attempt_at:%H:%M} UTC" if is_waiting and not is_kept_back else ""
    facts = [tries if view.attempts and not is_kept_back else "", when, again]
    return MessageLine(
        id=str(view.id),
        channel=view.channel_name or "Your own address",
        status=status,
        words=words,
        reason=SUPPRESSION_WORDS[view.suppression] if view.suppression else (view.error or "")[:300],
        facts=" · ".join(one for one in facts if one),
        may_resend=not is_kept_back and view.status in RESENDABLE,
        is_under_way=not is_kept_back and view.status in UNDER_WAY,
    )


def _articles(facts: dict[str, Any]) -> list[ArticleLine]:
    found = [one for one in facts.get("articles") or [] if _is_linkable(str(one.get("url") or ""))]
    return [
        ArticleLine(
            title=str(one.get("title") or one["url"])[:TITLE_MAX_CHARS],
            url=str(one["url"]),
            source=str(one.get("source") or ""),
        )
        for one in found[:ARTICLES_SHOWN]
    ]


def _is_linkable(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= URL_MAX_CHARS
