"""Every query on split sheets. The caller has checked the membership in the session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from omnisonic.platform.auth.models import User
from omnisonic.studio.split_sheets.models import (
    SplitApproval,
    SplitShare,
    SplitSheet,
    SplitSheetStatus,
    SplitVersion,
)


def find_proposed(session: Session, *, session_id: UUID, for_update: bool = False) -> SplitSheet | None:
    """The sheet on the table."""
    statement = select(SplitSheet).where(
        SplitSheet.session_id == session_id, SplitSheet.status == SplitSheetStatus.PROPOSED
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.exec(statement).first()


def find_locked(session: Session, *, session_id: UUID) -> SplitSheet | None:
    """The sheet that was locked last."""
    return session.exec(
        select(SplitSheet)
        .where(SplitSheet.session_id == session_id, SplitSheet.status == SplitSheetStatus.LOCKED)
        .order_by(col(SplitSheet.locked_at).desc())
        .limit(1)
    ).first()


def find_sheet(session: Session, *, session_id: UUID, sheet_id: UUID) -> SplitSheet | None:
    """A sheet of this session."""
    return session.exec(
        select(SplitSheet).where(SplitSheet.id == sheet_id, SplitSheet.session_id == session_id)
    ).first()


def list_sheets(session: Session, *, session_id: UUID, limit: int) -> list[SplitSheet]:
    """Sheets of the session, newest first."""
    statement = select(SplitSheet).where(SplitSheet.session_id == session_id)
    newest = statement.order_by(col(SplitSheet.created_at).desc(), col(SplitSheet.id).desc())
    return list(session.exec(newest.limit(limit)))


def shares_of(session: Session, sheet_ids: Sequence[UUID]) -> dict[UUID, list[SplitShare]]:
    """The parts of sheets, in order."""
    rows = session.exec(
        select(SplitShare)
        .where(col(SplitShare.sheet_id).in_(sheet_ids))
        .order_by(col(SplitShare.sheet_id), col(SplitShare.position))
    )
    found: dict[UUID, list[SplitShare]] = defaultdict(list)
    for row in rows:
        found[row.sheet_id].append(row)
    return found


def answers_of(session: Session, sheet_ids: Sequence[UUID]) -> dict[UUID, list[tuple[SplitApproval, str]]]:
    """Answers to sheets with the names of who gave them, oldest first."""
    rows = session.exec(
        select(SplitApproval, User.display_name)
        .join(User, col(User.id) == col(SplitApproval.user_id))
        .where(col(SplitApproval.sheet_id).in_(sheet_ids))
        .order_by(col(SplitApproval.created_at), col(SplitApproval.id))
    )
    found: dict[UUID, list[tuple[SplitApproval, str]]] = defaultdict(list)
    for answer, name in rows:
        found[answer.sheet_id].append((answer, name))
    return found


def count_answers(session: Session, *, sheet_id: UUID) -> int:
    """How many answers a sheet has got."""
    statement = select(func.count()).select_from(SplitApproval).where(SplitApproval.sheet_id == sheet_id)
    return session.exec(statement).one()


def remove_shares(session: Session, *, sheet_id: UUID) -> None:
    """Take the parts away before those of the next version come."""
    session.execute(delete(SplitShare).where(col(SplitShare.sheet_id) == sheet_id))


def names_of(session: Session, user_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of accounts."""
    rows = session.exec(select(User.id, User.display_name).where(col(User.id).in_(user_ids)))
    return dict(rows.all())


def versions_of(session: Session, *, sheet_id: UUID, limit: int) -> list[SplitVersion]:
    """What the sheet has said, newest first."""
    statement = select(SplitVersion).where(SplitVersion.sheet_id == sheet_id)
    return list(session.exec(statement.order_by(col(SplitVersion.version).desc()).limit(limit)))
