"""What disputes and claims share: logged, found by whom they concern, decided once, listed newest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, select

from omnisonic.core.royalties.access import own_parties, visible_parties
from omnisonic.core.royalties.case_leaves import log_answered, log_opened
from omnisonic.core.royalties.changes import announce
from omnisonic.core.royalties.errors import CaseDecided
from omnisonic.core.royalties.models import CaseStatus, LineDispute, ShareClaim
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Forbidden, NotFound, VersionConflict
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page, fetch_page

CaseT = TypeVar("CaseT", LineDispute, ShareClaim)
WORDS: dict[type[Any], str] = {LineDispute: "dispute", ShareClaim: "claim"}


def cases_page(
    session: Session,
    actor: Actor,
    table: type[CaseT],
    *conditions: ColumnElement[bool],
    page: Page,
    status: CaseStatus | None,
) -> tuple[list[CaseT], str | None]:
    """Cases the caller may see, newest first, and the cursor of the next page."""
    statement = select(table).where(visible_parties(actor, table.contributor_id), *conditions)
    if status is not None:
        statement = statement.where(table.status == status)
    return fetch_page(session, statement, table, page=page)


def get_case(
    session: Session, actor: Actor, table: type[CaseT], case_id: UUID, *, for_update: bool = False
) -> CaseT:
    """One case; raises `NotFound` also for one of others."""
    statement = select(table).where(table.id == case_id, visible_parties(actor, table.contributor_id))
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.exec(statement).first()
    if found is None:
        raise NotFound(f"There is no {WORDS[table]} with the id {case_id}.")
    return found


def lock_open_case(
    uow: UnitOfWork,
    actor: Actor,
    table: type[CaseT],
    case_id: UUID,
    *,
    version: int | None,
    current: Callable[[Session, CaseT], dict[str, Any]],
    is_own: bool = False,
) -> CaseT:
    """An undecided case, held until the commit; with `is_own` for whoever opened it only.

    Raises `NotFound`, `Forbidden`, `VersionConflict`, `CaseDecided`; the last two with the `current` row.
    """
    case = get_case(uow.session, actor, table, case_id, for_update=True)
    if is_own and case.contributor_id not in own_parties(uow.session, actor):
        raise Forbidden(f"Only the payee withdraws a {WORDS[table]}. Accept or reject it.")
    if version is not None and version != case.version:
        raise VersionConflict(current=current(uow.session, case))
    if case.status is not CaseStatus.OPEN:
        raise CaseDecided(f"This was {case.status} before.", current=current(uow.session, case))
    return case


def open_case(uow: UnitOfWork, case: LineDispute | ShareClaim) -> None:
    """Write down a new case, and log it: before what it books, so that no booking is replayed without it."""
    uow.session.add(case)
    uow.session.flush()
    log_opened(uow, case)
    announce(uow, parties=[case.contributor_id])


def settle_case(
    uow: UnitOfWork,
    case: LineDispute | ShareClaim,
    status: CaseStatus,
    *,
    actor: Actor | None = None,
    answer: str | None = None,
) -> None:
    """Write down and log how a case ended; without `actor` it was withdrawn."""
    case.status, case.answer = status, answer
    case.decided_by, case.decided_at = actor.user_id if actor else None, utc_now()
    case.version += 1
    uow.session.flush()
    announce(uow, parties=[case.contributor_id])
    log_answered(uow, case)
