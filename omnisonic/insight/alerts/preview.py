"""What a rule that is being written would have found in the last 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import Field
from sqlmodel import Session

from omnisonic.insight.alerts.message import Article
from omnisonic.insight.alerts.schemas import RuleDraft
from omnisonic.insight.alerts.watching.past import Deadline, Firing, Past, look_back_at
from omnisonic.insight.entities import NamedEntity, name_entities
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.running import patience
from omnisonic.platform.actor import Actor
from omnisonic.platform.ids import utc_now
from omnisonic.platform.schemas import ApiModel

PREVIEWED = timedelta(days=30)
MAX_FIRINGS = 100
MAX_SECONDS, MAX_QUERY_S = 20, 6  # of the whole answer, and of each query on the way
READING_S = 9.0  # of reading and replaying: afterwards there is time for the articles, whatever happens


class FiringView(ApiModel):
    """Once that the rule would have fired."""

    entity_type: EntityType
    entity_id: UUID
    name: str
    path: str
    fired_at: datetime
    resolved_at: datetime | None
    stories: int
    expected: float | None
    ratio: float | None
    probability: float | None
    sources: int
    reason: str
    articles: list[Article]


class RulePreview(ApiModel):
    """When the rule would have fired, newest first. Where it is not complete, `checkedUntil` says how far."""

    since: datetime
    until: datetime
    total: int = Field(description="How often it would have fired; at most 100 of them are listed.")
    firings: list[FiringView]
    entities: int = Field(description="How many had enough stories to be looked at.")
    entities_left_out: int
    is_complete: bool
    checked_until: datetime
    problem: str | None = None


def preview_rule(
    session: Session, actor: Actor, *, draft: RuleDraft, now: datetime | None = None
) -> RulePreview:
    """When a rule would have fired in the 30 days before now, within 20 seconds.

    What there was no time for is left out, and the answer says so. Raises `AnalyticsUnavailable`, or `Busy`
    where not even the first of it could be read in time.
    """
    until = now or utc_now()
    with patience(total_s=MAX_SECONDS, each_s=MAX_QUERY_S):
        past = look_back_at(
            session,
            draft,
            draft.scope,
            user_id=actor.user_id,
            since=until - PREVIEWED,
            until=until,
            clock=Deadline.after(READING_S),
        )
        shown = past.firings[::-1][:MAX_FIRINGS]
        past.attach_articles(shown)
    names = name_entities(session, [one.entity for one in shown])
    return _view(past, [_firing(one, names[one.entity]) for one in shown])


def _view(past: Past, firings: list[FiringView]) -> RulePreview:
    return RulePreview(
        since=past.since,
        until=past.until,
        total=len(past.firings),
        firings=firings,
        entities=past.entities,
        entities_left_out=past.left_out,
        is_complete=past.is_complete,
        checked_until=past.checked_until or past.since,
        problem=past.problem,
    )


def _firing(one: Firing, named: NamedEntity) -> FiringView:
    return FiringView(
        entity_type=one.entity.entity_type,
        entity_id=one.entity.entity_id,
        name=named.name,
        path=named.path,
        fired_at=one.at,
        resolved_at=one.resolved_at,
        stories=int(one.facts.value),
        expected=one.facts.expected,
        ratio=one.facts.ratio,
        probability=one.facts.probability,
        sources=one.facts.sources,
        reason=one.facts.reason,
        articles=one.facts.articles,
    )
