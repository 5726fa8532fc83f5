"""What a message says, before any channel gives it a form. Plain data that is stored with the delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from omnisonic.insight.alerts.errors import InvalidTemplate
from omnisonic.insight.alerts.models import AlertEvent, AlertRule, EventState
from omnisonic.insight.alerts.templates import render
from omnisonic.insight.news import EntityType
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger
from omnisonic.platform.schemas import ApiModel
from omnisonic.platform.settings import get_settings

MAX_ENTRIES = 20
MAX_ARTICLES = 3
EXAMPLE_URL = "https://example.org/mara-lind"
log = get_logger(__name__)


class Article(ApiModel):
    """A piece of news behind an alert."""

    id: UUID | None = None
    title: str = Field(max_length=1000)
    url: str = Field(max_length=4096)
    source: str = Field(default="", max_length=255)
    published_at: datetime | None = None


class Facts(ApiModel):
    """Why a rule fired. `data_time` is the end of the window, on the clock of `first_seen_at`."""

    value: float
    window_minutes: int
    data_time: datetime
    expected: float | None = None
    ratio: float | None = None
    probability: float | None = None  # of so many or more where `expected` is usual
    sources: int = 0
    confidence: float | None = None  # of the surest mention; channels may ask for a least one
    articles: list[Article] = Field(default_factory=list, max_length=50)
    reason: str = Field(default="", max_length=500)


class Entry(BaseModel):
    """One entity of a message."""

    event_id: UUID | None = None
    type: str = ""
    id: UUID | None = None
    name: str = ""
    url: str = ""
    text: str
    value: float | None = None
    expected: float | None = None
    sources: int | None = None
    at: datetime | None = None
    articles: list[Article] = []


class Message(BaseModel):
    """A whole message. `type` is `alert.fired`, `alert.resolved`, `test`, `notice`, `digest` or `system`."""

    type: str
    subject: str
    at: datetime
    rule_id: UUID | None = None
    rule_name: str = ""
    entries: list[Entry]
    more: int = 0  # entities that did not fit
    note: str = ""


def compose(rule: AlertRule | None, events: list[AlertEvent], *, at: datetime, silenced: int = 0) -> Message:
    """The message about what a rule found in one evaluation (or while it was quiet), newest entity first."""
    shown = events[:MAX_ENTRIES]
    is_over = events[0].state is EventState.RESOLVED
    name = rule.name if rule else events[0].rule_name
    entries = [_entry(rule, event) for event in shown]
    return Message(
        type="alert.resolved" if is_over else "alert.fired",
        subject=_subject(name, [event.entity_name for event in events], is_over=is_over),
        at=at,
        rule_id=rule.id if rule else None,
        rule_name=name,
        entries=entries,
        more=len(events) - len(shown),
        note=f"{silenced} more were silenced while the rule was snoozed." if silenced else "",
    )


def plain_message(kind: str, subject: str, text: str, *, at: datetime) -> Message:
    """A message that is just a text: a test, a notice, a digest."""
    return Message(type=kind, subject=subject, at=at, entries=[Entry(text=text)])


def entity_url(entity_type: EntityType, entity_id: UUID) -> str:
    """The page about an entity."""
    return f"{get_settings().public_url}/entities/{entity_type}/{entity_id}"


def example_event(rule: AlertRule) -> AlertEvent:
    """An event that never happened, to show what a rule's messages look like."""
    at = utc_now()
    article = Article(title="Mara Lind announces a new album", url=EXAMPLE_URL, source="example.org")
    facts = Facts(value=12, window_minutes=1440, data_time=at, expected=3.5, sources=4, articles=[article])
    return AlertEvent(
        user_id=rule.user_id,
        rule_name=rule.name,
        kind=rule.kind,
        entity_type=EntityType.ARTIST,
        entity_id=UUID(int=0),
        entity_name="Mara Lind",
        data_time=at,
        facts=facts.model_dump(mode="json"),
    )


def values_of(rule: AlertRule | None, event: AlertEvent) -> dict[str, Any]:
    """What a template may name (`templates.NAMES`)."""
    facts = event.facts
    expected = float(facts.get("expected") or 0)
    value = _number(facts.get("value") or 0)
    first = (facts.get("articles") or [{}])[0]
    return {
        "rule": {
            "name": event.rule_name,
            "kind": str(event.kind),
            "threshold": rule.threshold if rule else 0,
        },
        "entity": {
            "name": event.entity_name,
            "type": str(event.entity_type),
            "url": entity_url(event.entity_type, event.entity_id),
        },
        "state": str(event.state),
        "value": value,
        "expected": round(expected, 1),
        "ratio": round(value / expected, 1) if expected else 0.0,
        "window": window_words(int(facts.get("windowMinutes") or 0)),
        "sources": int(facts.get("sources") or 0),
        "time": f"{event.data_time:%Y-%m-%d %H:%M}",
        "article": {key: str(first.get(key) or "") for key in ("title", "url", "source")},
    }


def window_words(minutes: int) -> str:
    """`90 min`, `24 h`, `7 d`."""
    if minutes >= 2880 and minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes >= 60 and minutes % 60 == 0 else f"{minutes} min"


def sentence_of(values: dict[str, Any]) -> str:
    """What is said about an entity where the rule has no template."""
    name, stories = values["entity"]["name"], _counted(values["value"], "story", "stories")
    if values["state"] == EventState.RESOLVED:
        return f"{name} is back to its usual: {stories} in {values['window']}."
    if values["rule"]["kind"] == "new_entity":
        return f"{name} is in the news for the first time."
    counted = f"{name} has {stories} in {values['window']}"
    if values["sources"]:
        counted += f" from {_counted(values['sources'], 'outlet', 'outlets')}"
    return (
        f"{counted}, {values['ratio']} times its usual {values['expected']}."
        if values["ratio"]
        else f"{counted}."
    )


def _counted(number: Any, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _entry(rule: AlertRule | None, event: AlertEvent) -> Entry:
    values = values_of(rule, event)
    text = _from_template(rule, values) or sentence_of(values)
    return Entry(
        event_id=event.id,
        type=str(event.entity_type),
        id=event.entity_id,
        name=event.entity_name,
        url=values["entity"]["url"],
        text=text,
        value=event.facts.get("value"),
        expected=event.facts.get("expected"),
        sources=event.facts.get("sources"),
        at=event.data_time,
        articles=[Article.model_validate(one) for one in (event.facts.get("articles") or [])[:MAX_ARTICLES]],
    )


def _from_template(rule: AlertRule | None, values: dict[str, Any]) -> str:
    if rule is None or not rule.template:
        return ""
    try:
        return render(rule.template, values)
    except InvalidTemplate as error:  # it held for the examples; the alert is worth more than its wording
        log.warning("alert_template_failed", rule_id=str(rule.id), error=error.detail)
        return ""


def _subject(rule_name: str, names: list[str], *, is_over: bool) -> str:
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    over = "Over: " if is_over else ""
    return f"{over}{names[0][:100]}{others}: {rule_name}"


def _number(value: float) -> int | float:
    return int(value) if float(value).is_integer() else round(float(value), 1)
