"""What every change of an entry has in common: find, lock, count, write history, announce."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import provenance, repository
from omnisonic.core.catalog.access import Entity, require_edit
from omnisonic.core.catalog.models import Contributor, EntityKind, Recording, Work
from omnisonic.core.catalog.repository import EntityT
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound, VersionConflict
from omnisonic.platform.ids import utc_now

KINDS: dict[type[Any], EntityKind] = {
    Work: EntityKind.WORK,
    Recording: EntityKind.RECORDING,
    Contributor: EntityKind.CONTRIBUTOR,
}


def kind_of(entity: Entity) -> EntityKind:
    """The kind of an entry."""
    return KINDS[type(entity)]


def name_of(entity: Entity) -> str:
    """What people call the entry."""
    return entity.name if isinstance(entity, Contributor) else entity.title


def reference(entity: Entity) -> dict[str, Any]:
    """The entry as errors name it."""
    return {"type": str(kind_of(entity)), "id": str(entity.id), "title": name_of(entity)}


def get_entity(session: Session, table: type[EntityT], entity_id: UUID) -> EntityT:
    """The entry or the survivor of its merge; raises `NotFound`."""
    found = repository.find_entity(session, table, entity_id)
    if found is None:
        raise NotFound(f"There is no {KINDS[table]} with the id {entity_id}.")
    return found


def lock_for_edit(
    uow: UnitOfWork, actor: Actor, table: type[EntityT], entity_id: UUID, *, version: int | None = None
) -> EntityT:
    """The entry, locked until the commit.

    Raises `NotFound`, `Forbidden`, and `VersionConflict` when `version` is not the present one.
    """
    found = repository.find_entity(uow.session, table, entity_id, for_update=True)
    if found is None:
        raise NotFound(f"There is no {KINDS[table]} with the id {entity_id}.")
    require_edit(uow.session, actor, found)
    check_version(found, version)
    return found


def check_version(entity: Entity, version: int | None) -> None:
    """Raise `VersionConflict` with the present row when the caller saw another version."""
    if version is not None and entity.version != version:
        current = provenance.as_json(entity.model_dump())
        raise VersionConflict(
            f"This {kind_of(entity)} is at version {entity.version}, you changed version {version}.",
            current=current,
        )


def save_change(
    uow: UnitOfWork, actor: Actor, entity: Entity, *, action: str, before: dict[str, Any], source: str | None
) -> bool:
    """Count, record and announce what differs from `before` (a snapshot); False when nothing does."""
    old, new = provenance.difference(before, provenance.snapshot(entity))
    if not new:
        return False
    touch(uow, entity)
    provenance.record(
        uow,
        actor,
        kind=kind_of(entity),
        entity_id=entity.id,
        action=action,
        before=old,
        after=new,
        source=source,
    )
    announce(uow, actor, entity)
    return True


def touch(uow: UnitOfWork, entity: Entity) -> None:
    """Count a change of the entry."""
    entity.version += 1
    entity.updated_at = utc_now()
    uow.session.add(entity)
    uow.session.flush()


def announce(uow: UnitOfWork, actor: Actor | None, entity: Entity) -> None:
    """Tell subscribers of a work or a recording that it changed; they load it again."""
    kind = kind_of(entity)
    if kind is EntityKind.CONTRIBUTOR:
        return
    body = {"id": str(entity.id), "version": entity.version}
    uow.publish(f"{kind}:{entity.id}", f"{kind}Updated", body, actor=str(actor.user_id) if actor else None)
