"""Rows of tagging as JSON shapes, with the names of entities and authors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.insight.news import NewsItem
from omnisonic.insight.tagging import repository, unknown_names
from omnisonic.insight.tagging.linkable import names_of
from omnisonic.insight.tagging.models import EntityTag, StoplistEntry, TagCorrection, TagStatus
from omnisonic.insight.tagging.schemas import (
    CorrectionView,
    Explanation,
    StoplistView,
    TagView,
    UnlinkedInItem,
)
from omnisonic.insight.tagging.words import snippet
from omnisonic.platform.auth.models import User

BANDS = ((0.9, "high"), (0.7, "medium"), (0.5, "low"))


def band(confidence: float) -> str:
    """How sure a link is, in a word: high from 0.9, medium from 0.7, low from 0.5, else none."""
    return next((word for least, word in BANDS if confidence >= least), "none")


def explain(session: Session, item: NewsItem) -> Explanation:
    """Every link of an article that stands or was rejected, with its evidence, and what stayed unlinked."""
    body = f"{item.title}\n{item.text}"
    tags = [tag for tag in repository.tags_of(session, [item.item_id]) if tag.status is not TagStatus.GONE]
    names = names_of(session, {(tag.entity_type, tag.entity_id) for tag in tags})
    return Explanation(
        news_item_id=item.item_id,
        title=item.title,
        url=item.url,
        source=item.source,
        links=[_tag_view(tag, body, names) for tag in tags],
        unlinked=[
            UnlinkedInItem(
                phrase=one.phrase,
                start=one.span_start,
                end=one.span_end,
                snippet=one.snippet,
                reason=one.reason,
                confidence=one.confidence,
            )
            for one in unknown_names.names_in(session, item.item_id)
        ],
    )


def correction_views(session: Session, rows: Sequence[TagCorrection]) -> list[CorrectionView]:
    """Corrections with names."""
    names = names_of(session, {(row.entity_type, row.entity_id) for row in rows})
    authors = _authors(session, (row.created_by for row in rows))
    return [
        CorrectionView(
            **row.model_dump(exclude={"text_key", "created_by"}),
            entity_name=names.get(row.entity_id),
            author=authors.get(row.created_by),
            version=row.version,
        )
        for row in rows
    ]


def stoplist_views(session: Session, rows: Sequence[StoplistEntry]) -> list[StoplistView]:
    """Entries of the stoplist with their authors."""
    authors = _authors(session, (row.created_by for row in rows))
    return [
        StoplistView(
            **row.model_dump(exclude={"phrase_key", "created_by"}),
            author=authors.get(row.created_by),
            version=row.version,
        )
        for row in rows
    ]


def _tag_view(tag: EntityTag, body: str, names: dict[UUID, str]) -> TagView:
    shared = tag.model_dump(include=TagView.model_fields.keys() & EntityTag.model_fields.keys())
    return TagView(
        **shared,
        entity_name=names.get(tag.entity_id),
        start=tag.span_start,
        end=tag.span_end,
        snippet=snippet(body, tag.span_start, tag.span_end),
        band=band(tag.confidence),
    )


def _authors(session: Session, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    names = select(User.id, User.display_name).where(col(User.id).in_(wanted))
    return {user_id: name for user_id, name in session.exec(names)}  # noqa: C416  (dict() hides the types)
