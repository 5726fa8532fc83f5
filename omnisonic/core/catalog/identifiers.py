"""Identifiers of entries: one preferred per scheme, any number of archived ones beside it."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from omnisonic.core.catalog import entries, provenance
from omnisonic.core.catalog.access import Entity
from omnisonic.core.catalog.errors import IdentifierTaken
from omnisonic.core.catalog.fields import clean_identifier, refuse
from omnisonic.core.catalog.models import Identifier, IdentifierScheme, IdentifierStatus
from omnisonic.core.catalog.repository import ENTITY_COLUMN, SCHEMES, EntityT
from omnisonic.core.catalog.search import index_entities
from omnisonic.core.identifiers import Scheme, format_identifier
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound

MAX_IDENTIFIERS = 100


class Number(TypedDict):
    """An identifier of an entry as someone writes it; `source` is where it comes from."""

    entity_id: UUID
    scheme: Scheme
    value: str
    source: NotRequired[str | None]


def add_identifier(
    uow: UnitOfWork, actor: Actor, *, table: type[EntityT], preferred: bool = False, **number: Unpack[Number]
) -> EntityT:
    """Give an entry one more identifier, archived unless it is to be the preferred one.

    Repeating it changes nothing. Raises `InvalidIdentifier`, `IdentifierTaken`, `Forbidden`, `NotFound`.
    """
    if preferred:
        return prefer_identifier(uow, actor, table=table, **number)
    entity, kind, compact = _open(uow, actor, table, number)
    if compact == getattr(entity, kind.value) or _find_row(uow, entity, kind, compact) is not None:
        return entity
    if _count(uow, entity) >= MAX_IDENTIFIERS:
        raise refuse("value", "too-many", f"An entry has at most {MAX_IDENTIFIERS} identifiers.")
    archive_value(uow, entity, kind, compact)
    told = {"scheme": kind, "value": compact}
    _note(uow, actor, entity, "identifier-added", None, told, number.get("source"))
    return entity


def prefer_identifier(
    uow: UnitOfWork, actor: Actor, *, table: type[EntityT], **number: Unpack[Number]
) -> EntityT:
    """Make an identifier the one that is shown; the one before is archived. Errors as `add_identifier`."""
    entity, kind, compact = _open(uow, actor, table, number)
    _change_preferred(uow, actor, entity, kind, compact, "identifier-preferred", number.get("source"))
    return entity


def archive_identifier(
    uow: UnitOfWork, actor: Actor, *, table: type[EntityT], **number: Unpack[Number]
) -> EntityT:
    """Keep an identifier but no longer as the preferred one; raises `NotFound` when the entry has it not."""
    entity, kind, compact = _open(uow, actor, table, number)
    if getattr(entity, kind.value) == compact:
        _change_preferred(uow, actor, entity, kind, None, "identifier-archived", number.get("source"))
    elif _find_row(uow, entity, kind, compact) is None:
        raise NotFound(f"This entry does not have the {kind.upper()} {compact}.")
    return entity


def remove_identifier(
    uow: UnitOfWork, actor: Actor, *, table: type[EntityT], **number: Unpack[Number]
) -> EntityT:
    """Take away an archived identifier that was never right; raises `NotFound` when there is none."""
    entity, kind, compact = _open(uow, actor, table, number)
    row = _find_row(uow, entity, kind, compact)
    if row is None:
        raise NotFound(f"This entry has no archived {kind.upper()} {compact}.")
    uow.session.delete(row)
    uow.session.flush()
    told = {"scheme": kind, "value": compact}
    _note(uow, actor, entity, "identifier-removed", told, None, number.get("source"))
    return entity


def set_preferred(uow: UnitOfWork, entity: Entity, kind: IdentifierScheme, compact: str | None) -> None:
    """Write the preferred identifier of a locked entry and archive the one before.

    Raises `IdentifierTaken` naming the entry that has it. History and version are the caller's.
    """
    before = getattr(entity, kind.value)
    if before == compact:
        return
    if compact is not None:
        _require_free(uow, entity, kind, compact)
    try:
        with uow.session.begin_nested():
            setattr(entity, kind.value, compact)
            uow.session.add(entity)
            uow.session.flush()
    except IntegrityError:  # someone was faster between the check and the write
        if compact is not None:
            _require_free(uow, entity, kind, compact)
        raise
    if compact is not None and (row := _find_row(uow, entity, kind, compact)) is not None:
        uow.session.delete(row)
    if before is not None:
        archive_value(uow, entity, kind, before)
    uow.session.flush()


def archive_value(uow: UnitOfWork, entity: Entity, kind: IdentifierScheme, compact: str) -> None:
    """Keep an identifier beside the preferred one, once."""
    if _find_row(uow, entity, kind, compact) is None:
        row = Identifier(scheme=kind, value=compact, status=IdentifierStatus.ARCHIVED)
        setattr(row, ENTITY_COLUMN[type(entity)], entity.id)
        uow.session.add(row)
        uow.session.flush()


def taken_by(entity: Entity, kind: IdentifierScheme, compact: str) -> IdentifierTaken:
    """The refusal that names who has the identifier."""
    shown = format_identifier(kind, compact)
    return IdentifierTaken(
        f"{kind.upper()} {shown} belongs to the {entries.kind_of(entity)} “{entries.name_of(entity)}”.",
        current=entries.reference(entity),
    )


def _open(
    uow: UnitOfWork, actor: Actor, table: type[EntityT], number: Number
) -> tuple[EntityT, IdentifierScheme, str]:
    """The entry, locked for a change, and the identifier in its compact form."""
    entity = entries.lock_for_edit(uow, actor, table, number["entity_id"])
    return entity, *_checked(table, number["scheme"], number["value"])


def _change_preferred(
    uow: UnitOfWork,
    actor: Actor,
    entity: Entity,
    kind: IdentifierScheme,
    compact: str | None,
    action: str,
    source: str | None,
) -> None:
    before = provenance.snapshot(entity)
    set_preferred(uow, entity, kind, compact)
    if entries.save_change(uow, actor, entity, action=action, before=before, source=source):
        index_entities(uow.session, entries.kind_of(entity), [entity.id])


def _require_free(uow: UnitOfWork, entity: Entity, kind: IdentifierScheme, compact: str) -> None:
    table: Any = type(entity)
    holder = uow.session.exec(select(table).where(getattr(table, kind.value) == compact)).first()
    if holder is not None and holder.id != entity.id:
        raise taken_by(holder, kind, compact)


def _checked(table: type[Any], scheme: Scheme, value: str) -> tuple[IdentifierScheme, str]:
    kind = IdentifierScheme(scheme.value)
    if kind not in SCHEMES[table]:
        allowed = " or ".join(one.upper() for one in SCHEMES[table])
        raise refuse("scheme", "wrong-scheme", f"A {entries.KINDS[table]} has {allowed}.")
    compact = clean_identifier(Scheme(kind.value), value, field="value")
    if compact is None:
        raise refuse("value", "required", f"Give the {kind.upper()}.")
    return kind, compact


def _find_row(uow: UnitOfWork, entity: Entity, kind: IdentifierScheme, compact: str) -> Identifier | None:
    column = getattr(Identifier, ENTITY_COLUMN[type(entity)])
    statement = select(Identifier).where(
        Identifier.scheme == kind, Identifier.value == compact, column == entity.id
    )
    return uow.session.exec(statement).first()


def _count(uow: UnitOfWork, entity: Entity) -> int:
    column = getattr(Identifier, ENTITY_COLUMN[type(entity)])
    return len(uow.session.exec(select(Identifier.id).where(column == entity.id)).all())


def _note(
    uow: UnitOfWork,
    actor: Actor,
    entity: Entity,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    source: str | None,
) -> None:
    entries.touch(uow, entity)
    provenance.record(
        uow,
        actor,
        kind=entries.kind_of(entity),
        entity_id=entity.id,
        action=action,
        before=before,
        after=after,
        source=source,
    )
    entries.announce(uow, actor, entity)
    index_entities(uow.session, entries.kind_of(entity), [entity.id])
