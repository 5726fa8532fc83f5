"""When a rule would have fired: the past through the same evaluation as the present, within bounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Protocol
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.alerts.evaluation.conditions import Question, least_stories
from omnisonic.insight.alerts.evaluation.engine import Outcome
from omnisonic.insight.alerts.evaluation.kinds import RuleKind
from omnisonic.insight.alerts.evaluation.replaying import Replay
from omnisonic.insight.alerts.evaluation.standings import Change
from omnisonic.insight.alerts.evaluation.timelines import Timeline
from omnisonic.insight.alerts.message import Facts
from omnisonic.insight.alerts.schemas import RuleScope
from omnisonic.insight.alerts.watching.evidence import measured_facts
from omnisonic.insight.alerts.watching.reading import (
    Asked,
    Asking,
    Reader,
    articles_of,
    asked_by,
    look_back,
    newest_stories,
    question_of,
    timeline_of,
)
from omnisonic.insight.alerts.watching.scopes import Watched, watched_by
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.store.mentions import count_by_entity, oldest_mention
from omnisonic.insight.store.timelines import Mention
from omnisonic.platform.errors import Busy

MAX_ENTITIES = 100_000
MAX_MENTIONS = 200_000  # within the range, of the entities with the most
ENTITIES_PER_STEP = 400


class Clock(Protocol):
    """Whether there is time left."""

    def is_over(self) -> bool: ...


@dataclass(frozen=True)
class Deadline:
    """Over at a moment of the monotonic clock."""

    at_s: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """So many seconds from now."""
        return cls(monotonic() + seconds)

    def is_over(self) -> bool:
        """Whether the moment has come."""
        return monotonic() >= self.at_s


@dataclass(frozen=True, kw_only=True)
class Firing:
    """The rule would have fired, and been over at `resolved_at` (None: not by the end)."""

    entity: EntityRef
    at: datetime
    resolved_at: datetime | None
    facts: Facts


@dataclass(kw_only=True)
class Past:
    """What would have fired, oldest first, and how much of the past was looked at."""

    since: datetime
    until: datetime
    firings: list[Firing] = field(default_factory=list)
    entities: int = 0
    left_out: int = 0
    checked_until: datetime | None = None
    problem: str | None = None
    behind: dict[tuple[EntityRef, datetime], list[Mention]] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether every entity was looked at to the end."""
        return self.left_out == 0 and self.checked_until == self.until

    def attach_articles(self, firings: Sequence[Firing]) -> None:
        """Read the articles behind these firings."""
        wanted = {(one.entity, one.at): self.behind.get((one.entity, one.at), []) for one in firings}
        articles = articles_of([mention for mentions in wanted.values() for mention in mentions])
        for one in firings:
            found = (articles.get(mention.item) for mention in wanted[one.entity, one.at])
            one.facts.articles = [article for article in found if article is not None]


def look_back_at(
    session: Session,
    rule: Asking,
    scope: RuleScope,
    *,
    user_id: UUID | None,
    since: datetime,
    until: datetime,
    clock: Clock,
) -> Past:
    """What a rule would have found from `since` to `until`, as far as the clock allows.

    Entities with the most stories come first. Raises `AnalyticsUnavailable` or `Busy`.
    """
    past = Past(since=since, until=until)
    watched = watched_by(session, scope, user_id=user_id)
    past.problem, oldest = watched.problem or watched.notice, oldest_mention()
    if oldest is None:
        past.checked_until = until
        return past
    question, asked = question_of(rule, oldest=oldest), asked_by(rule, scope)
    chosen = _candidates(past, question, asked, watched)
    mentions, timelines = _timelines(past, question, asked, chosen, clock=clock)
    past.entities = len(chosen)
    replay_into(past, question, timelines, clock=clock, mentions=mentions, paths=watched.paths)
    return past


def replay_into(
    past: Past,
    question: Question,
    timelines: dict[EntityRef, Timeline],
    *,
    clock: Clock,
    mentions: dict[EntityRef, list[Mention]],
    paths: dict[EntityRef, str],
) -> None:
    """Replay the timelines and keep what fired."""
    reached = [past.since]

    def goes_on(at: datetime) -> bool:
        reached.append(at)
        return not clock.is_over()

    replay = Replay(question, timelines)
    open_firings: dict[EntityRef, Firing] = {}
    for one in replay.run(past.since, past.until, goes_on=goes_on):
        at = one.standing.evaluated_at if one.standing else reached[-1]
        if one.change is Change.FIRED:
            behind = newest_stories(mentions.get(one.entity, ()), since=at - question.length, until=at)
            past.behind[one.entity, at] = behind
            open_firings[one.entity] = _firing(question, one, behind, at=at, reason=paths.get(one.entity, ""))
        elif one.entity in open_firings:
            past.firings.append(_resolved(open_firings.pop(one.entity), at))
    past.firings.extend(open_firings.values())
    past.firings.sort(key=lambda one: (one.at, one.entity))
    past.checked_until = min(reached[-1], past.until) if clock.is_over() else past.until


def _candidates(past: Past, question: Question, asked: Asked, watched: Watched) -> list[EntityRef]:
    """Entities that have enough stories in the range to fire at all, those with the most first."""
    range_ = asked.between(past.since - question.length, past.until)
    counts = count_by_entity(replace(range_, entity_type=watched.entity_type), limit=MAX_ENTITIES)
    found: list[EntityRef] = []
    total = 0
    for one, held in counts.items():
        if watched.holds(one) and held.stories >= least_stories(question):
            total += held.mentions
            if found and total > MAX_MENTIONS:
                past.left_out += 1
                continue
            found.append(one)
    return found


def _timelines(
    past: Past, question: Question, asked: Asked, chosen: Sequence[EntityRef], *, clock: Clock
) -> tuple[dict[EntityRef, list[Mention]], dict[EntityRef, Timeline]]:
    reader, since = Reader(), past.since - look_back(question)
    mentions: dict[EntityRef, list[Mention]] = {}
    timelines: dict[EntityRef, Timeline] = {}
    for some in _steps(chosen):
        if clock.is_over():
            past.left_out += len(some)
            continue
        try:
            first = reader.first(asked, some, until=past.until)
            if question.kind is RuleKind.NEW_ENTITY:
                some = [one for one in some if first.get(one, past.until) >= past.since]
            found = reader.mentions(asked, some, since=since, until=past.until)
        except Busy:
            past.left_out += len(some)
            continue
        for one in some:
            mentions[one] = found[one]
            timelines[one] = timeline_of(found[one], first.get(one))
    return mentions, timelines


def _steps(chosen: Sequence[EntityRef]) -> Iterable[list[EntityRef]]:
    for start in range(0, len(chosen), ENTITIES_PER_STEP):
        yield list(chosen[start : start + ENTITIES_PER_STEP])


def _firing(question: Question, one: Outcome, behind: list[Mention], *, at: datetime, reason: str) -> Firing:
    facts = measured_facts(question, one, behind, at=at, reason=reason)
    return Firing(entity=one.entity, at=at, resolved_at=None, facts=facts)


def _resolved(firing: Firing, at: datetime) -> Firing:
    return Firing(entity=firing.entity, at=firing.at, resolved_at=at, facts=firing.facts)
