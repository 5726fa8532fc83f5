"""What each of two entries brings into a merge, so that people see it before they decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import batches, entries, listing, merge_rows, repository
from omnisonic.core.catalog.access import Entity
from omnisonic.core.catalog.models import Contributor, Recording, Work
from omnisonic.core.catalog.repository import EntityT
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.identifiers import format_identifier
from omnisonic.platform.actor import Actor
from omnisonic.platform.ui.words import count, day


@dataclass
class MergeSide:
    """One of the two: what it is called and what would move if it is the one that goes."""

    id: str
    title: str
    made: str
    facts: list[str] = field(default_factory=list)


def view_sides(
    session: Session, actor: Actor, *, table: type[EntityT], ids: Sequence[UUID]
) -> list[MergeSide]:
    """A side for each, in the order of the ids. Raises `NotFound`."""
    return [_side(session, actor, entries.get_entity(session, table, one)) for one in ids]


def _side(session: Session, actor: Actor, entity: Entity) -> MergeSide:
    alone: list[Any] = [entity]
    held = repository.identifiers_of(session, alone)[entity.id]
    numbers = [f"{one.scheme.upper()} {format_identifier(one.scheme, one.value)}" for one in held]
    return MergeSide(
        id=str(entity.id),
        title=entries.name_of(entity),
        made=f"registered {day(entity.created_at)}",
        facts=[*numbers, *_facts(session, actor, entity)],
    )


def _facts(session: Session, actor: Actor, entity: Entity) -> list[str]:
    if isinstance(entity, Work):
        shares = len(repository.share_versions(session, entity.id))
        recordings = batches.recording_counts(session, [str(entity.id)]).get(str(entity.id), 0)
        licenses = merge_rows.count_licenses(session, entity.id, of_works=True)
        return [count(shares, "share"), count(recordings, "recording"), count(licenses, "license")]
    if isinstance(entity, Recording):
        licenses = merge_rows.count_licenses(session, entity.id, of_works=False)
        return [entity.primary_artist, *([count(licenses, "license")] if licenses else [])]
    return _person_facts(session, actor, entity)


def _person_facts(session: Session, actor: Actor, person: Contributor) -> list[str]:
    where = CatalogFilter(contributor_id=person.id)
    works = listing.count_entries(session, actor, Work, where=where)
    recordings = listing.count_entries(session, actor, Recording, where=where)
    linked = ["the link to an account"] if person.user_id else []
    return [count(works, "work"), count(recordings, "recording"), *linked]
