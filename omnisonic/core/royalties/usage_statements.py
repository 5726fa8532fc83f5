"""Usage statements: a file is taken in, read by a job, looked at, and taken back as a whole."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.royalties.changes import announce
from omnisonic.core.royalties.models import RoyaltyEvent, UsageError, UsageStatement, UsageStatementStatus
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.statement_file import open_statement
from omnisonic.core.royalties.suspense import CORRECTIONS_LOCK
from omnisonic.core.royalties.usage import require_bookkeeper
from omnisonic.core.royalties.usage_errors import UsageFileTooLarge, UsageStatementState
from omnisonic.core.royalties.usage_jobs import BOOK_STATEMENT
from omnisonic.core.royalties.usage_reversals import reverse_events
from omnisonic.core.royalties.usage_rules import read_source
from omnisonic.core.royalties.usage_schemas import (
    ERRORS_SHOWN_MAX,
    UsageErrorView,
    UsageReversed,
    UsageStatementList,
    UsageStatementStarted,
    UsageStatementView,
)
from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.named_locks import take_lock
from omnisonic.platform.pagination import Page, fetch_page
from omnisonic.platform.settings import get_settings
from omnisonic.platform.storage import get_storage

COPY_BLOCK_BYTES = 1024 * 1024
FILE_NAME_MAX_CHARS = 255
UNNAMED = "Unnamed source"


@dataclass(frozen=True)
class ArrivedStatement:
    """A file that has arrived and has the columns it needs; not stored yet."""

    path: Path
    file_name: str
    file_size: int
    sha256: str


@contextmanager
def arrive(stream: BinaryIO, *, file_name: str | None) -> Iterator[ArrivedStatement]:
    """Take a file to disk for the time of the request and look at it.

    Raises `UsageFileTooLarge` and what `open_statement` raises.
    """
    with tempfile.TemporaryDirectory(prefix="omnisonic-usage-") as folder:
        path = Path(folder) / "file"
        size, sha256 = _copy(stream, path)
        name = Path((file_name or "usage.csv").replace("\\", "/").replace("\x00", "")).name or "usage.csv"
        open_statement(path, file_name=name)
        yield ArrivedStatement(path, name[-FILE_NAME_MAX_CHARS:], size, sha256)


def start_statement(
    uow: UnitOfWork, actor: Actor, *, arrived: ArrivedStatement, source: str | None
) -> UsageStatementStarted:
    """Queue a file for booking; the same bytes from the same source are the same statement.

    One that failed half-way goes on where it stopped. Raises `Forbidden` and `InvalidFields`.
    """
    require_bookkeeper(actor)
    name = read_source(source or UNNAMED)
    take_lock(uow.session, f"usage-statement:{name}:{arrived.sha256}")
    same = uow.session.exec(
        select(UsageStatement).where(
            UsageStatement.source == name,
            UsageStatement.sha256 == arrived.sha256,
            UsageStatement.status != UsageStatementStatus.REVERSED,
        )
    ).first()
    if same is not None:
        if same.status is UsageStatementStatus.FAILED:
            _queue_again(uow, same)
        return UsageStatementStarted(id=same.id, status=same.status, is_repeated=True)
    statement_id = new_id()
    row = UsageStatement(
        id=statement_id,
        user_id=actor.user_id,
        source=name,
        file_name=arrived.file_name,
        file_size=arrived.file_size,
        sha256=arrived.sha256,
        storage_key=f"usage/{statement_id}/file",
        heartbeat_at=utc_now(),
    )
    get_storage().put_file(str(row.storage_key), arrived.path, "text/csv")
    uow.session.add(row)
    uow.session.flush()
    uow.enqueue(BOOK_STATEMENT, statement_id=str(row.id))
    announce(uow)
    return UsageStatementStarted(id=row.id, status=row.status, is_repeated=False)


def list_statements(session: Session, actor: Actor, *, page: Page) -> UsageStatementList:
    """Every statement, newest first. Raises `Forbidden`."""
    require_bookkeeper(actor, scope=Scope.ROYALTIES_READ)
    rows, cursor = fetch_page(session, select(UsageStatement), UsageStatement, page=page)
    return UsageStatementList(usage=[_view(row, ()) for row in rows], next_cursor=cursor)


def get_statement(session: Session, actor: Actor, *, statement_id: UUID) -> UsageStatementView:
    """One statement with the first of its refused rows. Raises `Forbidden` and `NotFound`."""
    require_bookkeeper(actor, scope=Scope.ROYALTIES_READ)
    row = session.get(UsageStatement, statement_id)
    if row is None:
        raise NotFound("There is no such usage statement.")
    return _view(row, errors_of(session, statement_id, limit=ERRORS_SHOWN_MAX))


def errors_of(
    session: Session, statement_id: UUID, *, limit: int, after: tuple[int, UUID] | None = None
) -> list[UsageError]:
    """Refused rows in the order of the file."""
    statement = select(UsageError).where(UsageError.statement_id == statement_id)
    if after is not None:
        row_number, error_id = after
        statement = statement.where(
            (col(UsageError.row_number) > row_number)
            | ((col(UsageError.row_number) == row_number) & (col(UsageError.id) > error_id))
        )
    order = (col(UsageError.row_number), col(UsageError.id))
    return list(session.exec(statement.order_by(*order).limit(limit)))


def reverse_statement(uow: UnitOfWork, actor: Actor, *, statement_id: UUID) -> UsageReversed:
    """Take back every journal of the statement, also what was released since, once.

    Raises `Forbidden`, `NotFound`, `UsageStatementState`.
    """
    require_bookkeeper(actor)
    take_lock(uow.session, CORRECTIONS_LOCK)
    row = uow.session.get(UsageStatement, statement_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("There is no such usage statement.")
    if row.status not in (UsageStatementStatus.COMPLETED, UsageStatementStatus.FAILED):
        raise UsageStatementState(f"This statement is {row.status}. {UsageStatementState.advice}")
    events = select(RoyaltyEvent.id).where(RoyaltyEvent.statement_id == row.id)
    ids = list(uow.session.exec(events.order_by(col(RoyaltyEvent.id))))
    reason = {"reason": "statement taken back", "statement": str(row.id)}
    journals = reverse_events(uow, ids, reason=reason)
    row.status, row.reversed_at = UsageStatementStatus.REVERSED, utc_now()
    uow.session.flush()
    announce(uow)
    return UsageReversed(usage=_view(row, ()), journals=journals)


def _queue_again(uow: UnitOfWork, row: UsageStatement) -> None:
    row.status, row.attempt, row.heartbeat_at = UsageStatementStatus.PENDING, 0, utc_now()
    row.error_slug = row.error_message = None
    uow.session.flush()
    uow.enqueue(BOOK_STATEMENT, statement_id=str(row.id))
    announce(uow)


def _view(row: UsageStatement, errors: list[UsageError] | tuple[()]) -> UsageStatementView:
    names = [one for one in UsageStatementView.model_fields if one not in ("totals", "errors")]
    return UsageStatementView(
        **{name: getattr(row, name) for name in names},
        totals=[money_view(int(nano), currency) for currency, nano in sorted((row.totals or {}).items())],
        errors=[
            UsageErrorView(row=one.row_number, column=one.column, code=one.code, message=one.message)
            for one in errors
        ],
    )


def _copy(stream: BinaryIO, path: Path) -> tuple[int, str]:
    limit_mb = get_settings().bulk_import_max_file_size_mb
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        while block := stream.read(COPY_BLOCK_BYTES):
            size += len(block)
            if size > limit_mb * 1024 * 1024:
                raise UsageFileTooLarge(f"The limit is {limit_mb} MB. {UsageFileTooLarge.advice}")
            digest.update(block)
            target.write(block)
    return size, digest.hexdigest()
