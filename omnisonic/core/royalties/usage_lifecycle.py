"""A usage statement on the worker's side: claimed, booked in parts, ended, or gone on with after a crash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.royalties.changes import announce
from omnisonic.core.royalties.models import UsageError, UsageStatement, UsageStatementStatus
from omnisonic.core.royalties.statement_file import (
    BadRow,
    GoodRow,
    Reported,
    open_statement,
    read_statement,
)
from omnisonic.core.royalties.usage import BATCH_MAX, Origin, RecordedUsage, book_usage
from omnisonic.core.royalties.usage_errors import UsageStatementDisowned
from omnisonic.core.royalties.usage_jobs import BOOK_STATEMENT
from omnisonic.platform.abandoned import lock_abandoned
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger

ATTEMPTS_MAX = 4
QUEUE_PATIENCE = 20  # imports may be in front
GAVE_UP = (
    "Booking was interrupted several times by a fault on our side. What was booked stays; send the same "
    "file again to go on from there, or reverse the statement."
)

log = get_logger(__name__)


@dataclass(frozen=True)
class StatementClaim:
    """A statement taken by a worker, as its row was then."""

    id: UUID
    attempt: int
    source: str
    storage_key: str
    file_name: str
    received_at: datetime
    rows_done: int


@repeatable
def claim_statement(*, statement_id: UUID) -> StatementClaim | None:
    """Take the row; None when it is gone, final or another worker has it."""
    with unit_of_work() as uow:
        row = _locked(uow.session, statement_id)
        if row is None or row.status is not UsageStatementStatus.PENDING or row.storage_key is None:
            return None
        row.status = UsageStatementStatus.PROCESSING
        row.attempt += 1
        row.heartbeat_at = utc_now()
        row.started_at = row.started_at or row.heartbeat_at
        announce(uow)
        return StatementClaim(
            row.id, row.attempt, row.source, row.storage_key, row.file_name, row.created_at, row.rows_done
        )


def book_file(claim: StatementClaim, path: Path, check: Callable[[], None]) -> None:
    """Book the rows that are not booked yet, a thousand at a time, each part in a transaction of its own.

    Raises what `open_statement` raises, what `check` raises, and `UsageStatementDisowned`.
    """
    form = open_statement(path, file_name=claim.file_name)
    reported = Reported(claim.id, claim.source, claim.received_at)
    rows = islice(read_statement(path, form, reported), claim.rows_done, None)
    while part := list(islice(rows, BATCH_MAX)):
        check()
        _book_part(claim, part)


@repeatable
def _book_part(claim: StatementClaim, part: Sequence[GoodRow | BadRow]) -> None:
    good = [row for row in part if isinstance(row, GoodRow)]
    bad = [row for row in part if isinstance(row, BadRow)]
    with unit_of_work() as uow:
        statement = _owned(uow.session, claim)
        origin = Origin(claim.id, {row.usage.idempotency_key: row.number for row in good})
        booked = book_usage(uow, [row.usage for row in good], origin=origin)
        uow.session.add_all(_errors(claim.id, bad))
        _count(statement, booked, rejected=len(bad))


def _count(statement: UsageStatement, booked: Sequence[RecordedUsage], *, rejected: int) -> None:
    totals = Counter({currency: int(nano) for currency, nano in (statement.totals or {}).items()})
    for one in booked:
        totals[one.event.currency] += one.event.amount_nano
    statement.rows_done += len(booked) + rejected
    statement.rows_accepted += len(booked)
    statement.rows_rejected += rejected
    statement.rows_unmatched += sum(one.event.recording_id is None for one in booked)
    statement.rows_moved += sum(one.moved_from_day is not None for one in booked)
    statement.totals = {currency: str(nano) for currency, nano in sorted(totals.items())}
    statement.heartbeat_at = utc_now()


def _errors(statement_id: UUID, bad: Sequence[BadRow]) -> list[UsageError]:
    return [
        UsageError(
            statement_id=statement_id,
            row_number=row.number,
            column=column[:64],
            code=code[:64],
            message=message[:500],
            raw=row.raw[:2000].replace("\x00", "\u2400"),
        )
        for row in bad
        for column, code, message in row.faults
    ]


@repeatable
def beat_statement(claim: StatementClaim) -> bool:
    """Record a sign of life; False when another attempt has the row."""
    with unit_of_work() as uow:
        try:
            _owned(uow.session, claim).heartbeat_at = utc_now()
        except UsageStatementDisowned:
            return False
        return True


@repeatable
def complete_statement(claim: StatementClaim) -> None:
    """Every row is booked or listed."""
    with unit_of_work() as uow:
        row = _owned(uow.session, claim)
        row.rows_total = row.rows_done
        _settle(uow, row, UsageStatementStatus.COMPLETED)


@repeatable
def fail_statement(claim: StatementClaim, *, slug: str, message: str) -> None:
    """Mark it failed for a reason that another try would not change."""
    with unit_of_work() as uow:
        row = _owned(uow.session, claim)
        _settle(uow, row, UsageStatementStatus.FAILED)
        row.error_slug, row.error_message = slug[:64], message[:500]


@repeatable
def release_statement(claim: StatementClaim, *, is_fault: bool) -> None:
    """Give the row back; after a fault there are a few more tries."""
    with unit_of_work() as uow:
        try:
            row = _owned(uow.session, claim)
        except UsageStatementDisowned:
            return
        row.attempt -= 0 if is_fault else 1
        _retry_or_fail(uow, row)


def requeue_stale_statements(uow: UnitOfWork, *, now: datetime, stale_after_s: int, limit: int = 100) -> int:
    """Queue statements without a sign of life again; the number of them."""
    rows = lock_abandoned(
        uow.session,
        UsageStatement,
        working=UsageStatementStatus.PROCESSING,
        waiting=UsageStatementStatus.PENDING,
        now=now,
        stale_after_s=stale_after_s,
        queue_patience=QUEUE_PATIENCE,
        limit=limit,
    )
    for row in rows:
        log.warning("usage_statement_stale", statement_id=str(row.id), attempt=row.attempt)
        if row.status is UsageStatementStatus.PENDING:
            row.heartbeat_at = now
            uow.enqueue(BOOK_STATEMENT, statement_id=str(row.id))
        else:
            _retry_or_fail(uow, row)
    return len(rows)


def _locked(session: Session, statement_id: UUID) -> UsageStatement | None:
    return session.get(UsageStatement, statement_id, with_for_update=True, populate_existing=True)


def _owned(session: Session, claim: StatementClaim) -> UsageStatement:
    row = _locked(session, claim.id)
    if row is None or row.status is not UsageStatementStatus.PROCESSING or row.attempt != claim.attempt:
        raise UsageStatementDisowned
    return row


def _retry_or_fail(uow: UnitOfWork, row: UsageStatement) -> None:
    if row.attempt >= ATTEMPTS_MAX:
        _settle(uow, row, UsageStatementStatus.FAILED)
        row.error_slug, row.error_message = "usage-interrupted", GAVE_UP
        return
    row.status, row.heartbeat_at = UsageStatementStatus.PENDING, utc_now()
    uow.session.flush()
    uow.enqueue(BOOK_STATEMENT, statement_id=str(row.id))


def _settle(uow: UnitOfWork, row: UsageStatement, status: UsageStatementStatus) -> None:
    row.status, row.completed_at, row.heartbeat_at = status, utc_now(), None
    row.error_slug = row.error_message = None
    announce(uow)
