"""A rule in the words of its page: one sentence, how it stands, and when it would have fired. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from omnisonic.core.catalog.shares import percent_of_ppm
from omnisonic.insight.alerts.evaluation.conditions import FIRE_RATIO
from omnisonic.insight.alerts.models import RuleKind
from omnisonic.insight.alerts.preview import FiringView, RulePreview
from omnisonic.insight.alerts.schemas import RuleDraft, RuleScope, RuleView
from omnisonic.insight.news import EntityType
from omnisonic.platform.ui.words import ago, count

NAMES_SHOWN = 2
SHOWN_ARTICLES = 3
SHOWN_FIRINGS = 40
GONE = "someone no longer in the catalog"
_UNITS = ((10_080, "week"), (1440, "day"), (60, "hour"), (1, "minute"))


@dataclass
class Part:
    """Some words of a sentence; `is_strong` are those that can be chosen."""

    words: str
    is_strong: bool = False


@dataclass
class RuleLine:
    """One rule of the list."""

    id: str
    name: str
    parts: list[Part]
    sentence: str
    status: str  # watching | partly | snoozed | error | off
    status_words: str
    reason: str
    is_enabled: bool
    is_snoozed: bool
    version: int


@dataclass
class ArticleWords:
    """An article behind a firing."""

    title: str
    url: str
    source: str


@dataclass
class FiringLine:
    """Once that a rule would have fired; `left` is its place on the timeline in percent."""

    key: str
    name: str
    href: str
    at: str
    reason: str
    left: str
    articles: list[ArticleWords]


@dataclass
class PreviewLines:
    """What a rule would have found."""

    summary: str = ""
    note: str = ""
    since: str = ""
    until: str = ""
    firings: list[FiringLine] = field(default_factory=list)


def line_of(
    view: RuleView, *, names: Mapping[UUID, str], channels: Mapping[UUID, str], now: datetime
) -> RuleLine:
    """The row of a rule; `names` are those of its entities, `channels` those of the account."""
    parts = sentence_of(view, names=names, channels=channels)
    status, words, reason = _status(view, now=now)
    return RuleLine(
        id=str(view.id),
        name=view.name,
        parts=parts,
        sentence="".join(part.words for part in parts),
        status=status,
        status_words=words,
        reason=reason,
        is_enabled=view.enabled,
        is_snoozed=status == "snoozed",
        version=view.version,
    )


def sentence_of(
    rule: RuleView | RuleDraft, *, names: Mapping[UUID, str], channels: Mapping[UUID, str]
) -> list[Part]:
    """A rule as a sentence."""
    told = [channels[one] for one in rule.channel_ids if one in channels]
    parts = [Part("When "), Part(subject_of(rule.scope, names), True), *_condition(rule)]
    if rule.scope.genre:
        parts += [Part(" in the genre "), Part(rule.scope.genre, True)]
    if rule.scope.source:
        parts += [Part(" at "), Part(rule.scope.source, True)]
    parts += (
        [Part(", tell "), Part(_listed(told, "and"), True)] if told else [Part(", note it in the history")]
    )
    if told and rule.cooldown_minutes:
        parts += [Part(", at most once in "), Part(span_words(rule.cooldown_minutes), True)]
    return [*parts, Part(".")]


def subject_of(scope: RuleScope, names: Mapping[UUID, str]) -> str:
    """Whom a rule looks at."""
    kind = str(scope.entity_type) if scope.entity_type else ""
    if scope.entity_ids:
        return _listed([names.get(one, GONE) for one in scope.entity_ids], "or")
    if scope.followed:
        return f"any {kind} I follow" if kind else "anything I follow"
    if scope.right_holder is None:
        return f"any {kind}" if kind else "anything in the catalog"
    share = percent_of_ppm(scope.right_holder.min_share_ppm)
    least = f"at least {share:g} %" if share >= 0.01 else "a share"
    holder = f"{names.get(scope.right_holder.contributor_id, GONE)} holds {least}"
    about = {
        EntityType.WORK: "any work where",
        EntityType.RECORDING: "any recording of a work where",
        EntityType.ARTIST: "any artist with a recorded work where",
    }
    start = about[scope.entity_type] if scope.entity_type else "anything around works where"
    return f"{start} {holder}"


def span_words(minutes: int) -> str:
    """A length of time: `24 hours`, `3 days`, `90 minutes`; a day is 24 hours."""
    if minutes == 1440:
        return "24 hours"
    size, unit = next((size, unit) for size, unit in _UNITS if minutes % size == 0)
    return count(minutes // size, unit)


def preview_lines(preview: RulePreview) -> PreviewLines:
    """When a rule would have fired, with places on the timeline."""
    shown = preview.firings[:SHOWN_FIRINGS]
    times = "once" if preview.total == 1 else f"{preview.total:,} times"
    found = "not have fired" if preview.total == 0 else f"have fired {times}"
    return PreviewLines(
        summary=f"It would {found} in the last 30 days.",
        note=" ".join(_notes(preview, len(shown))),
        since=_date(preview.since),
        until=_date(preview.until),
        firings=[_firing(one, preview) for one in shown],
    )


def _condition(rule: RuleView | RuleDraft) -> list[Part]:
    if rule.kind is RuleKind.NEW_ENTITY:
        return [Part(" is "), Part("mentioned for the first time", True)]
    window = [Part(" in "), Part(span_words(rule.window_minutes), True)]
    if rule.kind is RuleKind.THRESHOLD:
        stories = f"{rule.threshold:,} {'story' if rule.threshold == 1 else 'stories'}"
        return [Part(" gets at least "), Part(stories, True), *window]
    return [Part(" gets "), Part(f"{FIRE_RATIO:g}× its usual", True), Part(" mentions"), *window]


def _listed(words: list[str], joint: str) -> str:
    if len(words) > NAMES_SHOWN + 1:
        words = [*words[:NAMES_SHOWN], f"{len(words) - NAMES_SHOWN} others"]
    return f" {joint} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _status(view: RuleView, *, now: datetime) -> tuple[str, str, str]:
    if not view.enabled:
        return "off", "Off", ""
    if view.snoozed_until is not None and view.snoozed_until > now:
        until = f"{_date(view.snoozed_until)}, {view.snoozed_until:%H:%M} UTC"
        return "snoozed", "Snoozed", f"Quiet until {until}"
    if view.error:
        return "error", "Cannot run", view.error
    if view.notice:
        return "partly", "Watching in part", view.notice
    if view.evaluated_until is None:
        return "watching", "Watching", "Not evaluated yet"
    return "watching", "Watching", f"Looked at the news until {ago(view.evaluated_until, now=now)}"


def _notes(preview: RulePreview, shown: int) -> list[str]:
    notes = [preview.problem] if preview.problem else []
    if preview.total > shown:
        notes.append(f"The newest {shown} are listed.")
    if not preview.is_complete:
        notes.append(f"There was time to look until {_date(preview.checked_until)}.")
    if preview.entities_left_out:
        notes.append(f"{preview.entities_left_out:,} with fewer stories were left out.")
    return notes


def _firing(one: FiringView, preview: RulePreview) -> FiringLine:
    share = (one.fired_at - preview.since) / (preview.until - preview.since)
    return FiringLine(
        key=f"{one.entity_id}-{one.fired_at.timestamp():.0f}",
        name=one.name,
        href=one.path,
        at=f"{_date(one.fired_at)}, {one.fired_at:%H:%M} UTC",
        reason=one.reason,
        left=f"{min(max(share, 0), 1):.2%}",
        articles=[
            ArticleWords(title=article.title, url=article.url, source=article.source)
            for article in one.articles[:SHOWN_ARTICLES]
        ],
    )


def _date(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"
