"""Making and changing works."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import entries, provenance
from omnisonic.core.catalog.fields import clean_identifier, clean_labels, clean_line, clean_text
from omnisonic.core.catalog.identifiers import set_preferred
from omnisonic.core.catalog.models import MAX_TITLE_CHARS, EntityKind, IdentifierScheme, Work
from omnisonic.core.catalog.schemas import Unset, WorkChanges
from omnisonic.core.catalog.search import index_entities
from omnisonic.core.identifiers import Scheme
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork

MAX_DESCRIPTION_CHARS = 5000


def get_work(session: Session, _actor: Actor, *, work_id: UUID) -> Work:
    """The work, or the survivor of its merge; every account may read. Raises `NotFound`."""
    return entries.get_entity(session, Work, work_id)


def create_work(
    uow: UnitOfWork,
    actor: Actor,
    *,
    title: str,
    description: str | None = None,
    iswc: str | None = None,
    genres: Sequence[str] = (),
    source: str | None = None,
) -> Work:
    """A new work of the caller's.

    Raises `InvalidFields`, `InvalidIdentifier`, `IdentifierTaken` naming the work that has the ISWC.
    """
    compact = clean_identifier(Scheme.ISWC, iswc)
    work = Work(
        title=clean_line(title, field="title", max_chars=MAX_TITLE_CHARS),
        description=clean_text(description, field="description", max_chars=MAX_DESCRIPTION_CHARS),
        genres=clean_labels(genres, field="genres"),
        created_by=actor.user_id,
    )
    uow.session.add(work)
    uow.session.flush()
    set_preferred(uow, work, IdentifierScheme.ISWC, compact)
    after = provenance.snapshot(work)
    provenance.record(
        uow,
        actor,
        kind=EntityKind.WORK,
        entity_id=work.id,
        action="created",
        after=after,
        source=source,
    )
    index_entities(uow.session, EntityKind.WORK, [work.id])
    entries.announce(uow, actor, work)
    return work


def update_work(
    uow: UnitOfWork,
    actor: Actor,
    *,
    work_id: UUID,
    changes: WorkChanges,
    version: int | None = None,
    source: str | None = None,
) -> Work:
    """Change a work; nothing happens when nothing differs.

    Raises `NotFound`, `Forbidden`, `VersionConflict`, `InvalidFields`, `InvalidIdentifier`,
    `IdentifierTaken`.
    """
    work = entries.lock_for_edit(uow, actor, Work, work_id, version=version)
    before = provenance.snapshot(work)
    for name, value in _cleaned(changes).items():
        setattr(work, name, value)
    if not isinstance(changes.iswc, Unset):
        set_preferred(uow, work, IdentifierScheme.ISWC, clean_identifier(Scheme.ISWC, changes.iswc))
    if entries.save_change(uow, actor, work, action="changed", before=before, source=source):
        index_entities(uow.session, EntityKind.WORK, [work.id])
    return work


def _cleaned(changes: WorkChanges) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if not isinstance(changes.title, Unset):
        values["title"] = clean_line(changes.title, field="title", max_chars=MAX_TITLE_CHARS)
    if not isinstance(changes.description, Unset):
        values["description"] = clean_text(
            changes.description, field="description", max_chars=MAX_DESCRIPTION_CHARS
        )
    if not isinstance(changes.genres, Unset):
        values["genres"] = clean_labels(changes.genres, field="genres")
    return values
