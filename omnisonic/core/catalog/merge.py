"""Two entries that are one thing become one. The merged one's id leads to the survivor from then on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg2 import errors as postgres
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from omnisonic.core.catalog import entries, merge_rows, provenance
from omnisonic.core.catalog.access import Entity, require_edit
from omnisonic.core.catalog.errors import MergeRefused
from omnisonic.core.catalog.fields import MAX_LABELS
from omnisonic.core.catalog.identifiers import archive_value
from omnisonic.core.catalog.linking import require_linkable
from omnisonic.core.catalog.models import Contributor, EntityKind, IdentifierScheme, Recording, Work
from omnisonic.core.catalog.repository import LOCK, SCHEMES, EntityT
from omnisonic.core.catalog.search import index_entities
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound

_FILLED = {
    Work: ("description",),
    Recording: ("work_id", "duration_ms", "released_on"),
    Contributor: ("user_id",),
}
_UNITED = {Work: "genres", Recording: "genres", Contributor: "roles"}


def merge_entities(
    uow: UnitOfWork,
    actor: Actor,
    *,
    table: type[EntityT],
    survivor_id: UUID,
    merged_id: UUID,
    source: str | None = None,
) -> EntityT:
    """Move everything of one entry to another and return the survivor. Repeating it changes nothing.

    What the survivor says stays; what it leaves open is taken from the merged one. Shares that only the
    merged work has are added, so two differing sets become a visible conflict. Raises `NotFound`,
    `Forbidden` (both must be the caller's to change), `MergeRefused` naming licenses that would overlap.
    """
    survivor, merged = _lock_both(uow, table, survivor_id, merged_id)
    require_edit(uow.session, actor, survivor)
    if merged.merged_into == survivor.id:
        return survivor
    require_edit(uow.session, actor, merged)
    _check(uow, actor, survivor, merged)
    before = provenance.snapshot(merged)
    values = {"survivor": survivor.id, "merged": merged.id}
    moved = _move_rows(uow, actor, survivor, merged, values)
    _take_identifiers(uow, survivor, merged)
    _take_fields(survivor, merged)
    merge_rows.follow_survivor(uow.session, str(table.__tablename__), values)
    merged.merged_into = survivor.id
    _tell(uow, actor, survivor, merged, before, moved, source)
    return survivor


def _lock_both(
    uow: UnitOfWork, table: type[EntityT], survivor_id: UUID, merged_id: UUID
) -> tuple[EntityT, EntityT]:
    if survivor_id == merged_id:
        raise MergeRefused("This is one entry already: give two different ids.")
    found: dict[UUID, EntityT] = {}
    for wanted in sorted((survivor_id, merged_id)):  # one order for all, so that nobody waits in a circle
        statement = select(table).where(table.id == wanted).with_for_update(**LOCK)
        row = uow.session.exec(statement.execution_options(populate_existing=True)).first()
        if row is None:
            raise NotFound(f"There is no {entries.KINDS[table]} with the id {wanted}.")
        found[wanted] = row
    survivor, merged = found[survivor_id], found[merged_id]
    if survivor.merged_into is not None:
        raise MergeRefused(
            "The entry to keep was merged into another one itself. Merge into that one.",
            current={"id": str(survivor.merged_into)},
        )
    if merged.merged_into not in (None, survivor.id):
        raise MergeRefused(
            "The other entry was merged into a third one before.", current={"id": str(merged.merged_into)}
        )
    return survivor, merged


def _check(uow: UnitOfWork, actor: Actor, survivor: Entity, merged: Entity) -> None:
    if isinstance(survivor, Contributor) and isinstance(merged, Contributor):
        linked = {survivor.user_id, merged.user_id} - {None}
        if len(linked) > 1:
            raise MergeRefused("Both contributors belong to an account. Take one link away first.")
        if linked and survivor.user_id != merged.user_id:
            # The account would gain the other's works: as much as a new link.
            require_linkable(uow.session, actor, survivor if merged.user_id else merged)
        return
    clashes = _clashes(uow, survivor, merged)
    if clashes:
        raise _license_clash(clashes)


def _clashes(uow: UnitOfWork, survivor: Entity, merged: Entity) -> list[dict[str, Any]]:
    values = {"survivor": survivor.id, "merged": merged.id}
    return merge_rows.find_license_clashes(uow.session, values, of_works=isinstance(survivor, Work))


def _license_clash(clashes: list[dict[str, Any]]) -> MergeRefused:
    named = ", ".join(
        f"“{one['survivorLicensee']}” ({one['survivorLicenseId']}) and"
        f" “{one['mergedLicensee']}” ({one['mergedLicenseId']})"
        for one in clashes[:3]
    )
    return MergeRefused(
        f"Active licenses would overlap: {named}. Revoke or shorten one of them first.",
        current={"licenses": clashes},
    )


def _move_rows(
    uow: UnitOfWork, actor: Actor, survivor: Entity, merged: Entity, values: dict[str, Any]
) -> dict[str, Any]:
    session = uow.session
    session.flush()
    merge_rows.move_identifiers(session, type(survivor), values)
    if isinstance(survivor, Contributor):
        works, recordings = merge_rows.replace_contributor(session, values)
        index_entities(session, EntityKind.WORK, works)
        return {"works": works, "recordings": recordings}
    moved: dict[str, Any] = {"licenses": _move_licenses(uow, actor, survivor, merged, values)}
    if isinstance(survivor, Work):
        moved |= {
            "shares": merge_rows.move_shares(session, values),
            "recordings": merge_rows.move_recordings(session, values),
        }
        session.expire_all()
    return moved


def _move_licenses(
    uow: UnitOfWork, actor: Actor, survivor: Entity, merged: Entity, values: dict[str, Any]
) -> list[UUID]:
    of_works = isinstance(survivor, Work)
    try:
        with uow.session.begin_nested():
            moved = merge_rows.move_licenses(uow.session, values, of_works=of_works)
    except IntegrityError as error:
        if isinstance(error.orig, postgres.ExclusionViolation):  # made since we looked
            raise _license_clash(_clashes(uow, survivor, merged)) from error
        raise
    field = "workId" if of_works else "recordingId"
    for license_id in moved:
        provenance.record(
            uow,
            actor,
            kind=EntityKind.LICENSE,
            entity_id=license_id,
            action="moved",
            before={field: merged.id},
            after={field: survivor.id},
        )
    return moved


def _take_identifiers(uow: UnitOfWork, survivor: Entity, merged: Entity) -> None:
    for scheme in SCHEMES[type(survivor)]:
        value = getattr(merged, scheme.value)
        if value is None:
            continue
        setattr(merged, scheme.value, None)
        uow.session.add(merged)
        uow.session.flush()  # frees the value before the survivor may take it
        if getattr(survivor, scheme.value) is None:
            setattr(survivor, scheme.value, value)
        else:
            archive_value(uow, survivor, IdentifierScheme(scheme), value)


def _take_fields(survivor: Entity, merged: Entity) -> None:
    for name in _FILLED[type(survivor)]:
        if getattr(survivor, name) is None:
            setattr(survivor, name, getattr(merged, name))
    if isinstance(merged, Contributor):
        merged.user_id = None
    name = _UNITED[type(survivor)]
    labels = {label.casefold(): label for label in [*getattr(merged, name), *getattr(survivor, name)]}
    ours = {label.casefold() for label in getattr(survivor, name)}
    more = [label for key, label in labels.items() if key not in ours]
    setattr(survivor, name, [*getattr(survivor, name), *more][:MAX_LABELS])


def _tell(
    uow: UnitOfWork,
    actor: Actor,
    survivor: Entity,
    merged: Entity,
    before: dict[str, Any],
    moved: dict[str, Any],
    source: str | None,
) -> None:
    kind = entries.kind_of(survivor)
    story = (
        (
            survivor,
            "merged",
            {"merged": {"id": merged.id, **before}},
            {**provenance.snapshot(survivor), **moved},
        ),
        (merged, "merged-into", before, {"mergedInto": survivor.id}),
    )
    for entity, action, was, now in story:
        entries.touch(uow, entity)
        provenance.record(
            uow, actor, kind=kind, entity_id=entity.id, action=action, before=was, after=now, source=source
        )
        entries.announce(uow, actor, entity)
    index_entities(uow.session, kind, [survivor.id, merged.id])
