"""Every query on exports; each starts from what the caller may see."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, tuple_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from omnisonic.platform.auth.models import User
from omnisonic.platform.pagination import Page, encode_cursor, fetch_page
from omnisonic.studio.exports.models import Export, ExportStatus
from omnisonic.studio.sessions.models import SessionMember, StudioSession
from omnisonic.studio.uploads.models import Upload

ACTIVE = (ExportStatus.PENDING, ExportStatus.PROCESSING)


def find_export(
    session: Session, *, user_id: UUID, export_id: UUID, for_update: bool = False
) -> Export | None:
    """An export of a session that the user belongs to."""
    statement = _readable(user_id).where(Export.id == export_id)
    if for_update:
        statement = statement.with_for_update(of=Export)
    return session.exec(statement).first()


def list_exports(session: Session, *, session_id: UUID, page: Page) -> tuple[list[Export], str | None]:
    """Exports of one session, newest first. The caller has checked the membership."""
    return fetch_page(session, select(Export).where(Export.session_id == session_id), Export, page=page)


def list_all_exports(
    session: Session, *, user_id: UUID, page: Page
) -> tuple[list[tuple[Export, str]], str | None]:
    """Exports of all the user's sessions with the sessions' names, newest first."""
    statement = (
        select(Export, StudioSession.name)
        .join(StudioSession, col(StudioSession.id) == col(Export.session_id))
        .join(SessionMember, col(SessionMember.session_id) == col(StudioSession.id))
        .where(SessionMember.user_id == user_id, col(StudioSession.deleted_at).is_(None))
    )
    if page.after is not None:
        place = tuple_(col(Export.created_at), col(Export.id))
        statement = statement.where(place < (page.after.created_at, page.after.id))
    statement = statement.order_by(col(Export.created_at).desc(), col(Export.id).desc())
    rows = [(export, name) for export, name in session.exec(statement.limit(page.limit + 1))]
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1][0]
    return rows[: page.limit], encode_cursor(last.created_at, last.id)


def count_active(session: Session, *, session_id: UUID) -> int:
    """Exports of the session that wait or render."""
    statement = (
        select(func.count())
        .select_from(Export)
        .where(Export.session_id == session_id, col(Export.status).in_(ACTIVE))
    )
    return session.exec(statement).one()


def find_for_work(session: Session, *, export_id: UUID) -> Export | None:
    """The row for a worker, locked; workers act for the system, not for a caller."""
    return session.exec(select(Export).where(Export.id == export_id).with_for_update()).first()


def find_credits(session: Session, *, export: Export, upload_ids: list[UUID]) -> tuple[str, list[str]]:
    """The session's name, and the names of its owner and of those who uploaded these takes."""
    studio_session = session.get_one(StudioSession, export.session_id)
    owner = session.get_one(User, studio_session.user_id)
    names = session.exec(
        select(User.display_name)
        .join(Upload, col(Upload.user_id) == col(User.id))
        .where(col(Upload.id).in_(upload_ids), User.id != owner.id)
        .distinct()
        .order_by(User.display_name)
    )
    return studio_session.name, [owner.display_name, *names]


def _readable(user_id: UUID) -> SelectOfScalar[Export]:
    return (
        select(Export)
        .join(StudioSession, col(StudioSession.id) == col(Export.session_id))
        .join(SessionMember, col(SessionMember.session_id) == col(StudioSession.id))
        .where(SessionMember.user_id == user_id, col(StudioSession.deleted_at).is_(None))
    )
