"""What the form of a license asks the database, and what it writes there. Each is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import entries, listing
from omnisonic.core.catalog.access import is_curator, may_edit
from omnisonic.core.catalog.models import Work
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.licenses import service
from omnisonic.core.licenses.models import License
from omnisonic.core.licenses.schemas import ConflictPreview, LicenseDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.pagination import Page

CHOICES = 8
RECORDINGS = 50


@dataclass
class Choice:
    """A work or recording to choose."""

    id: str
    title: str


@dataclass
class LicensedWork:
    """The work that a license is about."""

    title: str
    recordings: list[Choice]
    may_edit: bool


def read_license(actor: Actor, license_id: UUID) -> tuple[License, LicensedWork]:
    """A license and its work. Raises `NotFound`."""
    with read_session() as session:
        row = service.get_license(session, actor, license_id=license_id)
        return row, _work(session, actor, row.work_id)


def read_work(actor: Actor, work_id: UUID) -> LicensedWork:
    """A work to license. Raises `NotFound`."""
    with read_session() as session:
        return _work(session, actor, work_id)


def find_own_works(actor: Actor, words: str) -> list[Choice]:
    """The first works by these words that the caller may license; a curator may all."""
    where = CatalogFilter(search=words.strip() or None, mine=not is_curator(actor))
    with read_session() as session:
        found, _ = listing.list_works(session, actor, page=Page(limit=CHOICES), where=where)
        return [Choice(str(one.id), one.title) for one in found]


def preview(actor: Actor, draft: LicenseDraft, license_id: UUID | None) -> ConflictPreview:
    """What saving would meet."""
    with read_session() as session:
        return service.preview_conflicts(session, actor, draft=draft, license_id=license_id)


@repeatable
def save(actor: Actor, license_id: UUID | None, draft: LicenseDraft, version: int) -> License:
    """Grant it, or change the one that was read at `version`."""
    with unit_of_work() as uow:
        if license_id is None:
            return service.create_license(uow, actor, draft=draft)
        return service.update_license(uow, actor, license_id=license_id, draft=draft, version=version)


def _work(session: Session, actor: Actor, work_id: UUID) -> LicensedWork:
    work = entries.get_entity(session, Work, work_id)
    where = CatalogFilter(work_id=work_id)
    found, _ = listing.list_recordings(session, actor, page=Page(limit=RECORDINGS), where=where)
    recordings = [Choice(str(one.id), f"{one.title} · {one.primary_artist}") for one in found]
    return LicensedWork(work.title, recordings, may_edit(session, actor, work))
