"""A person's confirmation of a link: it counts fully, and the tagger's own opinion is kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.insight.news import LinkMethod, NewsItem
from omnisonic.insight.tagging import repository
from omnisonic.insight.tagging.errors import NewsItemUnknown
from omnisonic.insight.tagging.linkable import genre_of, require_entity
from omnisonic.insight.tagging.models import (
    MAX_PHRASE_CHARS,
    EntityTag,
    TagCorrection,
    TagOrigin,
    TagStatus,
)
from omnisonic.insight.tagging.recording import WantedTag, record_additional, values_of
from omnisonic.insight.tagging.words import find_phrase, phrase_key

OPINION = "opinion"  # in the evidence: what the link was before a person confirmed it


def confirm(session: Session, correction: TagCorrection, item: NewsItem | None) -> int:
    """Make the entity's links in the article certain, or make one; returns how many changed.

    Raises `NewsItemUnknown` when there is none yet and `item` is None.
    """
    tags = _tags(session, correction.news_item_id, correction.entity_id)
    if not tags:
        if item is None:
            raise NewsItemUnknown
        tags = record_additional(session, [_new_link(session, correction, item)])
    rows = [
        {
            **values_of(tag),
            "status": TagStatus.LINKED,
            "correction_id": correction.id,
            "origin": TagOrigin.PERSON,
            "confidence": 1.0,
            "recorded_by": correction.created_by,
            "evidence": {**tag.evidence, OPINION: _opinion(tag)},
        }
        for tag in tags
    ]
    repository.save_tags(session, rows)
    return len(rows)


def unconfirm(session: Session, correction: TagCorrection) -> int:
    """Give the links their former standing back; one that only the confirmation made goes."""
    tags = session.exec(select(EntityTag).where(col(EntityTag.correction_id) == correction.id)).all()
    rows = []
    for tag in tags:
        evidence = dict(tag.evidence)
        before = evidence.pop(OPINION)
        before["recorded_by"] = UUID(before["recorded_by"]) if before["recorded_by"] else None
        rows.append({**values_of(tag), **before, "evidence": evidence, "correction_id": None})
    repository.save_tags(session, rows)
    return len(rows)


def _opinion(tag: EntityTag) -> dict[str, object]:
    is_new = tag.origin is TagOrigin.PERSON
    return {
        "status": TagStatus.GONE if is_new or tag.status is TagStatus.GONE else TagStatus.LINKED,
        "origin": tag.origin,
        "confidence": tag.confidence,
        "recorded_by": str(tag.recorded_by) if tag.recorded_by else None,
    }


def _tags(session: Session, item_id: UUID | None, entity_id: UUID) -> Sequence[EntityTag]:
    statement = select(EntityTag).where(
        col(EntityTag.news_item_id) == item_id, col(EntityTag.entity_id) == entity_id
    )
    return session.exec(statement).all()


def _new_link(session: Session, correction: TagCorrection, item: NewsItem) -> WantedTag:
    name = require_entity(session, correction.entity_type, correction.entity_id)
    body = f"{item.title}\n{item.text}"
    start, end = find_phrase(body, correction.matched_text or name) or (0, 0)
    matched = (body[start:end] or name)[:MAX_PHRASE_CHARS]
    return WantedTag(
        news_item_id=item.item_id,
        entity_type=correction.entity_type,
        entity_id=correction.entity_id,
        span_start=start,
        span_end=end,
        matched_text=matched,
        text_key=phrase_key(matched)[:MAX_PHRASE_CHARS],
        source=item.source,
        genre=genre_of(session, correction.entity_type, correction.entity_id),
        confidence=1.0,
        method=LinkMethod.HEURISTIC,
        origin=TagOrigin.PERSON,
        recorded_by=correction.created_by,
    )
