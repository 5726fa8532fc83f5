"""Queries on single entries, and batches of tables' objects for services and pages: one statement each.

Ids of merged entries lead to the survivor. Lists with filters are in `listing`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, or_, text
from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import (
    WHOLE_PPM,
    Contribution,
    Contributor,
    Identifier,
    IdentifierScheme,
    IdentifierStatus,
    Recording,
    RecordingCredit,
    Work,
)
from omnisonic.core.catalog.schemas import IdentifierView
from omnisonic.platform.ids import utc_now

EntityT = TypeVar("EntityT", Work, Recording, Contributor)

# FOR NO KEY UPDATE: a share or credit that names the entry need not wait for its edit.
LOCK: dict[str, Any] = {"key_share": True}

ENTITY_COLUMN: dict[type[Any], str] = {
    Work: "work_id",
    Recording: "recording_id",
    Contributor: "contributor_id",
}
SCHEMES: dict[type[Any], tuple[IdentifierScheme, ...]] = {
    Work: (IdentifierScheme.ISWC,),
    Recording: (IdentifierScheme.ISRC,),
    Contributor: (IdentifierScheme.IPI, IdentifierScheme.ISNI),
}
TABLE_OF_SCHEME: dict[IdentifierScheme, type[Any]] = {
    scheme: table for table, schemes in SCHEMES.items() for scheme in schemes
}


def find_entity(
    session: Session, table: type[EntityT], entity_id: UUID, *, for_update: bool = False
) -> EntityT | None:
    """The entry, or the survivor of its merge, locked if asked; None when there is none."""
    lock = LOCK if for_update else None
    found = session.get(table, entity_id, with_for_update=lock, populate_existing=for_update)
    if found is not None and found.merged_into is not None:
        return session.get(table, found.merged_into, with_for_update=lock, populate_existing=for_update)
    return found


def works_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Work]:
    """Works by the ids asked for."""
    return _by_ids(session, Work, ids)


def recordings_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Recording]:
    """Recordings by the ids asked for."""
    return _by_ids(session, Recording, ids)


def contributors_by_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Contributor]:
    """Contributors by the ids asked for."""
    return _by_ids(session, Contributor, ids)


def credits_of(session: Session, recording_ids: Iterable[UUID]) -> dict[UUID, list[RecordingCredit]]:
    """Credited performers per recording, in order."""
    rows = session.exec(
        select(RecordingCredit)
        .where(col(RecordingCredit.recording_id).in_(set(recording_ids)))
        .order_by(col(RecordingCredit.recording_id), col(RecordingCredit.position))
    )
    return _grouped((row.recording_id, row) for row in rows)


def shares_at(
    session: Session, work_ids: Iterable[UUID], at: datetime | None = None
) -> dict[UUID, list[Contribution]]:
    """Versions of shares valid at a time (now), per work, by the time they were made."""
    moment = at or utc_now()
    valid_to = col(Contribution.valid_to)
    rows = session.exec(
        select(Contribution)
        .where(
            col(Contribution.work_id).in_(set(work_ids)),
            col(Contribution.valid_from) <= moment,
            or_(valid_to.is_(None), valid_to > moment),
        )
        .order_by(col(Contribution.work_id), col(Contribution.created_at), col(Contribution.id))
    )
    return _grouped((row.work_id, row) for row in rows)


def share_versions(session: Session, work_id: UUID) -> list[Contribution]:
    """Every version of every share of a work, past and to come, by the time it starts."""
    statement = select(Contribution).where(Contribution.work_id == work_id)
    order = (col(Contribution.valid_from), col(Contribution.created_at), col(Contribution.id))
    return list(session.exec(statement.order_by(*order)))


def contributors_of_works(session: Session, work_ids: Iterable[UUID]) -> dict[UUID, list[Contributor]]:
    """Contributors with a share valid now, per work, each once."""
    now, valid_to = utc_now(), col(Contribution.valid_to)
    rows = session.exec(
        select(Contribution.work_id, Contributor)
        .join(Contributor, col(Contributor.id) == col(Contribution.contributor_id))
        .where(
            col(Contribution.work_id).in_(set(work_ids)),
            col(Contribution.valid_from) <= now,
            or_(valid_to.is_(None), valid_to > now),
        )
        .order_by(col(Contribution.work_id), col(Contribution.created_at), col(Contribution.id))
    )
    return _grouped_once(rows)


def licensees_of(session: Session, work_id: UUID) -> dict[UUID, str]:
    """Who holds the licenses of a work, by license; the ones changed last, at most 200."""
    statement = text(
        "SELECT id, licensee FROM licenses WHERE work_id = :work_id ORDER BY updated_at DESC LIMIT 200"
    )
    return {row.id: row.licensee for row in session.execute(statement, {"work_id": work_id})}


def works_with_conflict(session: Session, work_ids: Iterable[UUID], at: datetime | None = None) -> set[UUID]:
    """Which of the works claim more than the whole for a right, at a time (now)."""
    moment = at or utc_now()
    valid_to = col(Contribution.valid_to)
    statement = (
        select(Contribution.work_id)
        .where(
            col(Contribution.work_id).in_(set(work_ids)),
            col(Contribution.valid_from) <= moment,
            or_(valid_to.is_(None), valid_to > moment),
        )
        .group_by(col(Contribution.work_id), col(Contribution.rights_type))
        .having(func.sum(Contribution.share_ppm) > WHOLE_PPM)
    )
    return set(session.exec(statement))


def identifiers_of(
    session: Session, entities: Sequence[Work | Recording | Contributor]
) -> dict[UUID, list[IdentifierView]]:
    """Identifiers of entries of one kind: the preferred ones first, then the others."""
    if not entities:
        return {}
    table = type(entities[0])
    served: dict[UUID, list[IdentifierView]] = {entity.id: [] for entity in entities}
    for entity in entities:
        for scheme in SCHEMES[table]:
            value = getattr(entity, scheme.value)
            if value:
                view = IdentifierView(scheme, value, IdentifierStatus.PREFERRED)
                served[entity.id].append(view)
    column = ENTITY_COLUMN[table]
    rows = session.exec(
        select(Identifier)
        .where(col(getattr(Identifier, column)).in_(list(served)))
        .order_by(col(Identifier.created_at), col(Identifier.id))
    )
    for row in rows:
        served[getattr(row, column)].append(IdentifierView(row.scheme, row.value, row.status))
    return served


def find_by_identifier(
    session: Session, scheme: IdentifierScheme, value: str, *, for_update: bool = False
) -> Any:
    """The entry whose preferred identifier this is, else the only one that has it as another; or None."""
    table = TABLE_OF_SCHEME[scheme]
    statement = select(table).where(getattr(table, scheme.value) == value)
    if for_update:
        statement = statement.with_for_update(**LOCK).execution_options(populate_existing=True)
    found = session.exec(statement).first()
    if found is not None:
        return found
    column = ENTITY_COLUMN[table]
    ids = session.exec(
        select(getattr(Identifier, column))
        .where(Identifier.scheme == scheme, Identifier.value == value)
        .limit(2)
    ).all()
    return find_entity(session, table, ids[0], for_update=for_update) if len(ids) == 1 else None


def _by_ids(session: Session, table: type[EntityT], ids: Iterable[UUID]) -> dict[UUID, EntityT]:
    wanted = set(ids)
    rows = {row.id: row for row in session.exec(select(table).where(col(table.id).in_(wanted)))}
    survivors = {row.merged_into for row in rows.values() if row.merged_into} - rows.keys()
    if survivors:
        rows |= {row.id: row for row in session.exec(select(table).where(col(table.id).in_(survivors)))}
    return {asked: rows[rows[asked].merged_into or asked] for asked in wanted if asked in rows}


def _grouped(pairs: Iterable[tuple[UUID, Any]]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    return dict(groups)


def _grouped_once(pairs: Iterable[Any]) -> dict[UUID, list[Contributor]]:
    groups: dict[UUID, dict[UUID, Contributor]] = defaultdict(dict)
    for key, contributor in pairs:
        groups[key].setdefault(contributor.id, contributor)
    return {key: list(found.values()) for key, found in groups.items()}
