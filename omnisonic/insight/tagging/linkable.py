"""Entries of the catalog that the news may be linked to: those that were not merged into another."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Contributor, Recording, Work
from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.errors import EntityUnknown

Reference = tuple[EntityType, UUID]


def names_of(session: Session, references: Iterable[Reference]) -> dict[UUID, str]:
    """What each entry is called now; one statement for each type. Unknown ones are left out."""
    wanted = set(references)
    found: dict[UUID, str] = {}
    for kind in EntityType:
        ids = {entity_id for one, entity_id in wanted if one is kind}
        if ids:
            found |= _names(session, kind, ids)
    return found


def require_entity(session: Session, kind: EntityType, entity_id: UUID) -> str:
    """The name of an entry that can be linked. Raises `EntityUnknown`."""
    name = _names(session, kind, {entity_id}).get(entity_id)
    if name is None:
        raise EntityUnknown
    return name


def genre_of(session: Session, kind: EntityType, entity_id: UUID) -> str:
    """The first genre of an entry, of an artist that of most recordings; empty when there is none."""
    if kind is EntityType.ARTIST:
        query = (
            "SELECT g FROM recording_credits c JOIN recordings r ON r.id = c.recording_id, unnest(r.genres) g"
            " WHERE c.contributor_id = :id GROUP BY g ORDER BY count(*) DESC, g LIMIT 1"
        )
    else:
        table = "works" if kind is EntityType.WORK else "recordings"
        query = f"SELECT genres[1] FROM {table} WHERE id = :id"  # noqa: S608  (two names of our own)
    return session.execute(text(query), {"id": entity_id}).scalar() or ""


def _names(session: Session, kind: EntityType, ids: set[UUID]) -> dict[UUID, str]:
    if kind is EntityType.ARTIST:
        people = select(Contributor.id, Contributor.name).where(
            col(Contributor.id).in_(ids), col(Contributor.merged_into).is_(None)
        )
        return dict(session.exec(people).all())
    table = Work if kind is EntityType.WORK else Recording
    titles = select(table.id, table.title).where(col(table.id).in_(ids), col(table.merged_into).is_(None))
    return dict(session.exec(titles).all())
