"""Reading licenses: lists, what is in force, what ends next. Every account may read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.licenses import repository
from omnisonic.core.licenses.models import License
from omnisonic.core.licenses.repository import LicenseFilter
from omnisonic.core.licenses.schemas import LicenseList, LicenseView, license_fields
from omnisonic.core.licenses.territories import parse_territory
from omnisonic.core.licenses.territory_words import readable_text
from omnisonic.platform.actor import Actor
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page

EVERY = LicenseFilter()
MAX_OF_WORK = 500
MAX_EXPIRING = 200


def list_licenses(
    session: Session, _actor: Actor, *, page: Page, where: LicenseFilter = EVERY
) -> tuple[list[License], str | None]:
    """Licenses, newest first, and the cursor of the next page or None."""
    return repository.list_licenses(session, where=where, page=page)


def count_licenses(session: Session, _actor: Actor, *, where: LicenseFilter = EVERY) -> int:
    """How many licenses the filter lets through."""
    return repository.count_licenses(session, where=where)


def active_licenses(
    session: Session,
    _actor: Actor,
    *,
    work_id: UUID | None = None,
    territory: str | None = None,
    rights_type: RightsType | None = None,
    at: datetime | None = None,
) -> list[License]:
    """Licenses in force at a time (now), newest first, at most 200.

    `territory` is an expression; licenses that touch it count, world licenses always. At a time gone by
    one counts that expired since, a revoked one does not. Raises `UnknownTerritory`.
    """
    where = LicenseFilter(
        work_id=work_id,
        rights_type=rights_type,
        territories=parse_territory(territory).ranges if territory else None,
    )
    return repository.list_in_force(session, at=at or utc_now(), where=where)


def expiring_licenses(
    session: Session, _actor: Actor, *, limit: int = 10, before: datetime | None = None
) -> list[License]:
    """Active licenses that end next, soonest first."""
    return repository.list_expiring(session, now=utc_now(), limit=min(limit, MAX_EXPIRING), before=before)


def licenses_of_work(session: Session, _actor: Actor, *, work_id: UUID) -> list[License]:
    """Every license of one work by when it begins, at most 500."""
    return repository.list_of_work(session, work_id=work_id, limit=MAX_OF_WORK)


def title_of_work(session: Session, _actor: Actor, *, work_id: UUID) -> str:
    """The title of a work; empty when there is no such work."""
    return repository.work_titles(session, [work_id]).get(work_id, "")


def views_of(session: Session, rows: Sequence[License]) -> list[LicenseView]:
    """The rows as people see them, with their works' titles, in one statement more."""
    titles = repository.work_titles(session, [row.work_id for row in rows])
    return [
        LicenseView(
            id=row.id,
            work_title=titles[row.work_id],
            territory_name=readable_text(row.territory),
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
            **license_fields(row),
        )
        for row in rows
    ]


def view_of(session: Session, row: License) -> LicenseView:
    """One row as people see it."""
    return views_of(session, [row])[0]


def list_views(session: Session, actor: Actor, *, page: Page, where: LicenseFilter = EVERY) -> LicenseList:
    """A page of views."""
    rows, cursor = list_licenses(session, actor, page=page, where=where)
    return LicenseList(licenses=views_of(session, rows), next_cursor=cursor)
