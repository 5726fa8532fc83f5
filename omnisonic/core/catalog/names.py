"""From a credited name to a contributor: among the caller's own by folded name, else a new one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, text
from sqlmodel import Session, col, select

from omnisonic.core.catalog import provenance
from omnisonic.core.catalog.models import MAX_NAME_CHARS, Contributor, EntityKind
from omnisonic.core.catalog.search import index_entities
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork

_FOLD = text(
    "SELECT left(catalog_fold(name), :chars)"
    " FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS given(name, place) ORDER BY place"
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


def fold_names(session: Session, names: Sequence[str]) -> list[str]:
    """Names as they are matched: without accents and case, in the order given."""
    return list(session.scalars(_FOLD, {"names": list(names), "chars": MAX_NAME_CHARS * 2}))


def find_or_make_contributors(
    uow: UnitOfWork, actor: Actor, *, names: Sequence[str], roles: Sequence[str], source: str | None = None
) -> list[Contributor]:
    """A contributor for each name. Two callers at once get the same one: names are locked in key order."""
    keys = fold_names(uow.session, names)
    for key in sorted(set(keys)):
        lock_name(uow, actor, key)
    known = find_own_by_key(uow.session, actor, keys)
    for key, name in zip(keys, names, strict=True):
        if key not in known:
            known[key] = _make(uow, actor, name, key, roles, source)
    return [known[key] for key in keys]


def find_own_by_key(session: Session, actor: Actor, keys: Sequence[str]) -> dict[str, Contributor]:
    """The caller's contributors (made by or linked to them) by folded name; the oldest of each."""
    rows = session.exec(
        select(Contributor)
        .where(
            col(Contributor.name_key).in_(set(keys)),
            or_(col(Contributor.created_by) == actor.user_id, col(Contributor.user_id) == actor.user_id),
            col(Contributor.merged_into).is_(None),
        )
        .order_by(col(Contributor.id).desc())
    )
    return {row.name_key: row for row in rows}


def lock_name(uow: UnitOfWork, actor: Actor, key: str) -> None:
    """Let the caller's other requests about this name wait until the commit."""
    uow.session.execute(_LOCK, {"key": f"contributor:{actor.user_id}:{key}"})


def set_name(session: Session, contributor: Contributor, name: str) -> None:
    """Write a name and its folded form."""
    contributor.name = name
    contributor.name_key = str(session.scalar(select(func.left(func.catalog_fold(name), MAX_NAME_CHARS * 2))))


def _make(
    uow: UnitOfWork, actor: Actor, name: str, key: str, roles: Sequence[str], source: str | None
) -> Contributor:
    made = Contributor(name=name, name_key=key, roles=list(roles), created_by=actor.user_id)
    uow.session.add(made)
    uow.session.flush()
    note_created(uow, actor, made, source)
    return made


def note_created(uow: UnitOfWork, actor: Actor, contributor: Contributor, source: str | None) -> UUID:
    """History and search of a new contributor."""
    provenance.record(
        uow,
        actor,
        kind=EntityKind.CONTRIBUTOR,
        entity_id=contributor.id,
        action="created",
        after=provenance.snapshot(contributor),
        source=source,
    )
    index_entities(uow.session, EntityKind.CONTRIBUTOR, [contributor.id])
    return contributor.id
