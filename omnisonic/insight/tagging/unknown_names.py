"""Names that the news use and the catalog lacks: the queue of who should be registered next."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from omnisonic.insight.tagging.corrections import require_analyst
from omnisonic.insight.tagging.jobs import LINK_NEW_NAMES
from omnisonic.insight.tagging.linkable import Reference, require_entity
from omnisonic.insight.tagging.models import EntityAlias, UnlinkedDecision, UnlinkedMention, UnlinkedStatus
from omnisonic.insight.tagging.newly_known import find_registered
from omnisonic.insight.tagging.schemas import UnlinkedDecisionDraft, UnlinkedName
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound

MAX_SOURCES = 10
# Names of most outlets first: one outlet's invention is seldom anybody's name.
QUEUE = """
SELECT m.phrase_key AS key, mode() WITHIN GROUP (ORDER BY m.phrase) AS phrase, count(*) AS articles,
       count(DISTINCT m.story_id) AS stories, array_agg(DISTINCT m.source ORDER BY m.source) AS sources,
       min(m.first_seen_at) AS first_seen_at, max(m.first_seen_at) AS last_seen_at,
       (array_agg(m.reason ORDER BY m.confidence DESC, m.id))[1] AS reason,
       (array_agg(m.snippet ORDER BY m.confidence DESC, m.id))[1] AS snippet,
       (array_agg(m.news_item_id ORDER BY m.confidence DESC, m.id))[1] AS news_item_id
FROM unlinked_mentions m
WHERE NOT EXISTS (SELECT FROM unlinked_decisions d WHERE d.phrase_key = m.phrase_key)
GROUP BY m.phrase_key
ORDER BY count(DISTINCT m.source) DESC, count(DISTINCT m.story_id) DESC, max(m.first_seen_at) DESC, key
LIMIT :limit OFFSET :offset
"""


def queue(session: Session, *, limit: int, offset: int) -> list[UnlinkedName]:
    """Names that nobody has decided about yet, those of most outlets first. Every account may read them."""
    found = session.execute(text(QUEUE), {"limit": limit, "offset": offset}).mappings().all()
    registered = find_registered(session, [row["phrase"] for row in found])
    return [_name(row, registered.get(row["phrase"])) for row in found]


def decide(uow: UnitOfWork, actor: Actor, *, draft: UnlinkedDecisionDraft) -> UnlinkedDecision:
    """Take a name out of the queue; a linked one becomes another name of its entity.

    Its articles are tagged again by a job. Raises `Forbidden`, `NotFound` for a name that is not
    in the queue, `EntityUnknown`.
    """
    require_analyst(actor)
    phrase = _phrase(uow.session, draft.key)
    decision = _decision(uow.session, draft.key)
    for name, value in draft.model_dump(by_alias=False, exclude={"key"}).items():
        setattr(decision, name, value)
    decision.created_by = actor.user_id
    uow.session.add(decision)
    if draft.status is UnlinkedStatus.LINKED:
        _add_alias(uow.session, actor, draft, phrase)
        uow.enqueue(LINK_NEW_NAMES)
    return decision


def names_in(session: Session, item_id: UUID) -> Sequence[UnlinkedMention]:
    """What one article names that the catalog lacks, in reading order."""
    statement = select(UnlinkedMention).where(col(UnlinkedMention.news_item_id) == item_id)
    return session.exec(statement.order_by(col(UnlinkedMention.span_start))).all()


def _name(row: RowMapping, registered: Reference | None) -> UnlinkedName:
    kind, entity_id = registered or (None, None)
    known = {"registered_type": kind, "registered_id": entity_id}
    return UnlinkedName(**{**row, "sources": row["sources"][:MAX_SOURCES], **known})


def _phrase(session: Session, key: str) -> str:
    statement = select(UnlinkedMention.phrase).where(col(UnlinkedMention.phrase_key) == key).limit(1)
    phrase = session.exec(statement).first()
    if phrase is None:
        raise NotFound("No article uses this name any more. Load the list again.")
    return phrase


def _decision(session: Session, key: str) -> UnlinkedDecision:
    found = session.exec(select(UnlinkedDecision).where(col(UnlinkedDecision.phrase_key) == key)).first()
    return found or UnlinkedDecision(phrase_key=key, status=UnlinkedStatus.IGNORED)


def _add_alias(session: Session, actor: Actor, draft: UnlinkedDecisionDraft, phrase: str) -> None:
    assert draft.entity_type is not None and draft.entity_id is not None  # noqa: S101, PT018  (its schema)
    require_entity(session, draft.entity_type, draft.entity_id)
    same = select(EntityAlias.id).where(
        col(EntityAlias.entity_id) == draft.entity_id, col(EntityAlias.alias_key) == draft.key
    )
    if session.exec(same).first() is None:
        session.add(
            EntityAlias(
                entity_type=draft.entity_type,
                entity_id=draft.entity_id,
                alias=phrase,
                alias_key=draft.key,
                reason=draft.reason,
                created_by=actor.user_id,
            )
        )
