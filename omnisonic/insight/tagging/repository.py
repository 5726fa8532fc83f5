"""Every statement on tags and corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from omnisonic.insight.tagging.models import (
    LINK_VERSIONS,
    EntityTag,
    TagCorrection,
    TagStatus,
    UnlinkedMention,
)
from omnisonic.platform.ids import utc_now

TAGGING_LOCK = 0x7A6
ROWS_PER_INSERT = 1000
KEY = ("news_item_id", "entity_type", "entity_id", "span_start")
REPLACED = (
    *("span_end", "matched_text", "text_key", "source", "genre", "confidence", "method", "origin"),
    *("evidence", "status", "correction_id", "recorded_by", "updated_at"),
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
        replaced: dict[str, Any] = {name: statement.excluded[name] for name in REPLACED}
        # Drawn anew once the row is ours: whoever had it until now may have drawn a higher one meanwhile.
        replaced["version"] = LINK_VERSIONS.next_value()
        session.execute(statement.on_conflict_do_update(index_elements=KEY, set_=replaced))
    session.expire_all()


def unpublished(session: Session, *, after: int, limit: int) -> list[EntityTag]:
    """Tags that changed since they were copied, in the order of their changes."""
    statement = (
        select(EntityTag)
        .where(col(EntityTag.version) > col(EntityTag.published_version), col(EntityTag.version) > after)
        .order_by(col(EntityTag.version))
        .limit(limit)
    )
    return list(session.scalars(statement))


def mark_published(session: Session, tags: Sequence[EntityTag]) -> None:
    """Note that these versions are copied; what changed meanwhile stays to be copied."""
    session.execute(
        text(
            "UPDATE entity_tags SET published_version = done.version"
            " FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS bigint[])) AS done (id, version)"
            " WHERE entity_tags.id = done.id AND published_version < done.version"
        ),
        {"ids": [str(tag.id) for tag in tags], "versions": [tag.version for tag in tags]},
    )


def corrections_about(
    session: Session, *, item_ids: Iterable[UUID], words: Iterable[tuple[UUID, str]]
) -> list[TagCorrection]:
    """Corrections that may concern these items, or these entities under these words, oldest first."""
    statement = select(TagCorrection).where(
        or_(
            col(TagCorrection.news_item_id).in_(set(item_ids)),
            tuple_(col(TagCorrection.entity_id), col(TagCorrection.text_key)).in_(set(words)),
        )
    )
    return list(session.scalars(statement.order_by(col(TagCorrection.created_at), col(TagCorrection.id))))


def same_corrections(session: Session, correction: TagCorrection) -> list[TagCorrection]:
    """Earlier corrections that say something of the very same."""
    names = ("scope", "entity_id", "news_item_id", "source")
    statement = select(TagCorrection)
    for name in names if correction.news_item_id else (*names, "text_key"):
        column, value = col(getattr(TagCorrection, name)), getattr(correction, name)
        statement = statement.where(column.is_(None) if value is None else column == value)
    return list(session.scalars(statement))


def reject_tags(session: Session, cause: UUID, *conditions: ColumnElement[bool]) -> int:
    """Reject the standing tags that meet the conditions, because of `cause`; returns their count."""
    return _decide(
        session,
        {"status": TagStatus.REJECTED, "correction_id": cause},
        col(EntityTag.status) == TagStatus.LINKED,
        *conditions,
    )


def release_tags(session: Session, cause: UUID) -> int:
    """Let the tags stand again that only `cause` rejected; returns their count."""
    return _decide(
        session,
        {"status": TagStatus.LINKED, "correction_id": None},
        col(EntityTag.correction_id) == cause,
        col(EntityTag.status) == TagStatus.REJECTED,
    )


def _decide(session: Session, values: dict[str, Any], *conditions: ColumnElement[bool]) -> int:
    statement = (
        update(EntityTag)
        .where(*conditions)
        .values(**values, version=LINK_VERSIONS.next_value(), updated_at=utc_now())
        .returning(col(EntityTag.id))
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def replace_unlinked(session: Session, item_ids: Sequence[UUID], mentions: Sequence[UnlinkedMention]) -> None:
    """What these items name that the catalog lacks, instead of what was noted before."""
    session.execute(delete(UnlinkedMention).where(col(UnlinkedMention.news_item_id).in_(item_ids)))
    session.add_all(mentions)
