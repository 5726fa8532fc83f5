"""Every statement on tags and corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from omnisonic.insight.tagging.models import (
    LINK_VERSIONS,
    EntityTag,
    TagCorrection,
    TagStatus,
    UnlinkedMention,
    Verdict,
)
from omnisonic.platform.ids import utc_now

TAGGING_LOCK = 0x7A6
ROWS_PER_INSERT = 1000
KEY = ("news_item_id", "entity_type", "entity_id", "span_start")
REPLACED = (
    *("span_end", "matched_text", "text_key", "source", "genre", "confidence", "method", "origin"),
    *("evidence", "status", "correction_id", "recorded_by", "version", "updated_at"),
)


def share_tagging(session: Session) -> None:
    """Keep corrections from appearing until this transaction ends; others may tag meanwhile."""
    session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": TAGGING_LOCK})


def own_tagging(session: Session) -> None:
    """Keep everybody from tagging until this transaction ends, so that no tag misses a new correction."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": TAGGING_LOCK})


def tags_of(session: Session, item_ids: Sequence[UUID]) -> list[EntityTag]:
    """Every tag of these items, whatever its status, in reading order."""
    statement = (
        select(EntityTag)
        .where(col(EntityTag.news_item_id).in_(item_ids))
        .order_by(col(EntityTag.news_item_id), col(EntityTag.span_start), col(EntityTag.id))
    )
    return list(session.scalars(statement))


def tags_by_ids(session: Session, tag_ids: Sequence[UUID]) -> dict[UUID, EntityTag]:
    """Tags by id."""
    found = session.scalars(select(EntityTag).where(col(EntityTag.id).in_(tag_ids)))
    return {tag.id: tag for tag in found}


def save_tags(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert or replace tags by item, entity and place; each gets a version above all others."""
    for start in range(0, len(rows), ROWS_PER_INSERT):
        batch = [
            {**row, "version": LINK_VERSIONS.next_value(), "updated_at": utc_now()}
            for row in rows[start : start + ROWS_PER_INSERT]
        ]
        statement = insert(EntityTag).values(batch)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=KEY, set_={name: statement.excluded[name] for name in REPLACED}
            )
        )
    session.expire_all()


def rejections(
    session: Session, *, item_ids: Iterable[UUID], words: Iterable[tuple[UUID, str]]
) -> list[TagCorrection]:
    """Corrections that may concern these items, or these entities under these normalised words."""
    statement = select(TagCorrection).where(
        or_(
            col(TagCorrection.news_item_id).in_(set(item_ids)),
            tuple_(col(TagCorrection.entity_id), col(TagCorrection.text_key)).in_(set(words)),
        )
    )
    return list(session.scalars(statement.order_by(col(TagCorrection.created_at))))


def reject_matching(session: Session, correction: TagCorrection) -> list[UUID]:
    """Apply a rejection to the tags that stand; returns the items it touched."""
    statement = (
        update(EntityTag)
        .where(
            col(EntityTag.entity_id) == correction.entity_id,
            col(EntityTag.status) == TagStatus.LINKED,
            *_reach(correction),
        )
        .values(
            status=TagStatus.REJECTED,
            correction_id=correction.id,
            version=LINK_VERSIONS.next_value(),
            updated_at=utc_now(),
        )
        .returning(col(EntityTag.news_item_id))
    )
    return sorted(set(session.scalars(statement)))


def release_rejected(session: Session, correction: TagCorrection) -> list[UUID]:
    """Give back the tags that only this correction rejected; returns their items."""
    statement = (
        update(EntityTag)
        .where(col(EntityTag.correction_id) == correction.id, col(EntityTag.status) == TagStatus.REJECTED)
        .values(
            status=TagStatus.LINKED,
            correction_id=None,
            version=LINK_VERSIONS.next_value(),
            updated_at=utc_now(),
        )
        .returning(col(EntityTag.news_item_id))
    )
    return sorted(set(session.scalars(statement)))


def _reach(correction: TagCorrection) -> list[Any]:
    if correction.news_item_id is not None:
        return [col(EntityTag.news_item_id) == correction.news_item_id]
    conditions: list[Any] = [col(EntityTag.text_key) == correction.text_key]
    if correction.source is not None:
        conditions.append(col(EntityTag.source) == correction.source)
    return conditions


def replace_unlinked(session: Session, item_ids: Sequence[UUID], mentions: Sequence[UnlinkedMention]) -> None:
    """What these items name that the catalog lacks, instead of what was noted before."""
    session.execute(delete(UnlinkedMention).where(col(UnlinkedMention.news_item_id).in_(item_ids)))
    session.add_all(mentions)


def precision_of(session: Session, entity_id: UUID) -> tuple[int, int]:
    """How many links of an entity people confirmed, and how many they rejected, one by one."""
    statement = (
        select(TagCorrection.verdict, func.count())
        .where(col(TagCorrection.entity_id) == entity_id, col(TagCorrection.news_item_id).is_not(None))
        .group_by(col(TagCorrection.verdict))
    )
    counts = {verdict: count for verdict, count in session.execute(statement)}
    return counts.get(Verdict.CONFIRM, 0), counts.get(Verdict.REJECT, 0)
