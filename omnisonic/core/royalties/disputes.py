"""Disputes: a payee says that a line of their statement is wrong, a curator answers.

While a dispute is open, what the line gave is held back in suspense (as far as it was not paid out), so
that nobody pays out what may not stay. Every answer gives it free again; an accepted one may correct the
usage behind the line by reversals and new journals. The closed statement itself never changes: holds and
corrections are lines of the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Contributor
from omnisonic.core.catalog.repository import contributors_by_ids
from omnisonic.core.royalties.access import own_parties, require_curator
from omnisonic.core.royalties.cases import cases_page, get_case, lock_open_case, open_case, settle_case
from omnisonic.core.royalties.disputes_booking import correct_line, give_free, held_of, hold_back
from omnisonic.core.royalties.disputes_schemas import Correction, DisputeAnswer, DisputeList, DisputeView
from omnisonic.core.royalties.errors import CaseOpenAlready
from omnisonic.core.royalties.models import CaseStatus, LineDispute, Statement, StatementLine
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.statements_lines import find_line
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Forbidden, NotFound
from omnisonic.platform.named_locks import take_lock
from omnisonic.platform.pagination import Page


def open_dispute(uow: UnitOfWork, actor: Actor, *, line_id: UUID, reason: str) -> DisputeAnswer:
    """Say that a line of one's own statement is wrong; its money is held back until it is answered.

    Raises `NotFound` for a line of others, `Forbidden` for a curator who is not the payee,
    `CaseOpenAlready`.
    """
    found = find_line(uow.session, actor, line_id=line_id)
    if found is None:
        raise NotFound(f"There is no statement line with the id {line_id}.")
    line, statement = found
    if statement.contributor_id not in own_parties(uow.session, actor):
        raise Forbidden("Only the payee disputes a line. Link your account to the contributor first.")
    take_lock(uow.session, f"royalties:line:{line.id}")
    present = uow.session.exec(
        select(LineDispute).where(LineDispute.line_id == line.id, LineDispute.status == CaseStatus.OPEN)
    ).first()
    if present is not None:
        raise CaseOpenAlready(current=_current(uow.session, present))
    dispute = LineDispute(
        line_id=line.id, contributor_id=statement.contributor_id, user_id=actor.user_id, reason=reason
    )
    open_case(uow, dispute)
    hold_back(uow, dispute, line, statement)
    return _answer(uow.session, dispute)


def withdraw_dispute(
    uow: UnitOfWork, actor: Actor, *, dispute_id: UUID, version: int | None = None
) -> DisputeAnswer:
    """Take one's own dispute back. Raises `NotFound`, `Forbidden`, `VersionConflict`, `CaseDecided`."""
    dispute, _, statement = _locked(uow, actor, dispute_id, version, is_own=True)
    _settle(uow, dispute, statement, CaseStatus.WITHDRAWN)
    return _answer(uow.session, dispute)


def accept_dispute(
    uow: UnitOfWork,
    actor: Actor,
    *,
    dispute_id: UUID,
    answer: str,
    correction: Correction = Correction.REDIVIDE,
    version: int | None = None,
) -> DisputeAnswer:
    """The payee is right: what is held is given free, and the usage behind the line is corrected.

    Raises `Forbidden` unless a curator, `NotFound`, `VersionConflict`, `CaseDecided`,
    `CorrectionTooLarge`.
    """
    require_curator(actor)
    dispute, line, statement = _locked(uow, actor, dispute_id, version)
    _settle(uow, dispute, statement, CaseStatus.ACCEPTED, actor=actor, answer=answer)
    corrected = correct_line(uow, dispute, line, statement, correction=correction)
    return _answer(uow.session, dispute, corrected=corrected)


def reject_dispute(
    uow: UnitOfWork, actor: Actor, *, dispute_id: UUID, answer: str, version: int | None = None
) -> DisputeAnswer:
    """The line is right: what is held is given free. Raises as `accept_dispute`."""
    require_curator(actor)
    dispute, _, statement = _locked(uow, actor, dispute_id, version)
    _settle(uow, dispute, statement, CaseStatus.REJECTED, actor=actor, answer=answer)
    return _answer(uow.session, dispute)


def list_disputes(
    session: Session,
    actor: Actor,
    *,
    page: Page,
    status: CaseStatus | None = None,
    line_id: UUID | None = None,
    statement_id: UUID | None = None,
) -> DisputeList:
    """Disputes the caller may see, newest first."""
    wanted = [col(LineDispute.line_id) == line_id] if line_id else []
    if statement_id is not None:
        lines = select(StatementLine.id).where(StatementLine.statement_id == statement_id)
        wanted.append(col(LineDispute.line_id).in_(lines))
    rows, cursor = cases_page(session, actor, LineDispute, *wanted, page=page, status=status)
    return DisputeList(disputes=views_of(session, rows), next_cursor=cursor)


def get_dispute(session: Session, actor: Actor, *, dispute_id: UUID) -> DisputeView:
    """One dispute; raises `NotFound` also for one of others."""
    return views_of(session, [get_case(session, actor, LineDispute, dispute_id)])[0]


def views_of(session: Session, rows: Sequence[LineDispute]) -> list[DisputeView]:
    """Disputes with their lines, by a constant number of statements."""
    lines = {line.id: (line, statement) for line, statement in _lines(session, [one.line_id for one in rows])}
    names = contributors_by_ids(session, [one.contributor_id for one in rows])
    held = held_of(session, [one.id for one in rows])
    return [_view(one, *lines[one.line_id], names, held.get(one.id, 0)) for one in rows]


def _view(
    row: LineDispute,
    line: StatementLine,
    statement: Statement,
    names: Mapping[UUID, Contributor],
    held_nano: int,
) -> DisputeView:
    plain = {name: getattr(row, name) for name in DisputeView.model_fields if hasattr(row, name)}
    named = names.get(row.contributor_id)
    return DisputeView(
        **plain,
        statement_id=statement.id,
        cycle_id=statement.cycle_id,
        payee_name=named.name if named else str(row.contributor_id),
        amount=money_view(line.amount_nano, statement.currency),
        held=money_view(held_nano, statement.currency),
    )


def _lines(session: Session, line_ids: Sequence[UUID]) -> list[tuple[StatementLine, Statement]]:
    found = session.exec(
        select(StatementLine, Statement)
        .join(Statement, col(Statement.id) == col(StatementLine.statement_id))
        .where(col(StatementLine.id).in_(line_ids))
    )
    return list(found.all())


def _locked(
    uow: UnitOfWork, actor: Actor, dispute_id: UUID, version: int | None, *, is_own: bool = False
) -> tuple[LineDispute, StatementLine, Statement]:
    dispute = lock_open_case(
        uow, actor, LineDispute, dispute_id, version=version, current=_current, is_own=is_own
    )
    return dispute, *_lines(uow.session, [dispute.line_id])[0]


def _settle(
    uow: UnitOfWork,
    dispute: LineDispute,
    statement: Statement,
    status: CaseStatus,
    *,
    actor: Actor | None = None,
    answer: str | None = None,
) -> None:
    settle_case(uow, dispute, status, actor=actor, answer=answer)
    give_free(uow, dispute, statement.currency)


def _current(session: Session, dispute: LineDispute) -> dict[str, object]:
    return views_of(session, [dispute])[0].model_dump(mode="json", by_alias=True)


def _answer(session: Session, dispute: LineDispute, *, corrected: int = 0) -> DisputeAnswer:
    return DisputeAnswer(dispute=views_of(session, [dispute])[0], corrected=corrected)
