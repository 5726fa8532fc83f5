"""Every query on sessions; each starts from what the caller may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, text, tuple_
from sqlmodel import Session, col, select

from omnisonic.platform.auth.models import User
from omnisonic.platform.pagination import Page, encode_cursor
from omnisonic.studio.sessions.models import MemberRole, SessionInvite, SessionMember, StudioSession
from omnisonic.studio.sessions.schemas import MemberView, SessionView
from omnisonic.studio.tracks.models import Track


def find_session(
    session: Session, *, user_id: UUID, session_id: UUID, for_update: bool = False, deleted: bool = False
) -> tuple[StudioSession, MemberRole] | None:
    """The session and the user's role in it, or None when they have no part in it."""
    statement = (
        select(StudioSession, SessionMember.role)
        .join(SessionMember, col(SessionMember.session_id) == col(StudioSession.id))
        .where(StudioSession.id == session_id, SessionMember.user_id == user_id)
    )
    deleted_at = col(StudioSession.deleted_at)
    statement = statement.where(deleted_at.is_not(None) if deleted else deleted_at.is_(None))
    if for_update:
        statement = statement.with_for_update(of=StudioSession)
    row = session.exec(statement).first()
    return (row[0], MemberRole(row[1])) if row else None


def list_sessions(session: Session, *, user_id: UUID, page: Page) -> tuple[list[SessionView], str | None]:
    """Views of the user's sessions, newest first, in one statement, and the cursor of the next page."""
    statement = _views(user_id).where(col(StudioSession.deleted_at).is_(None))
    if page.after is not None:
        place = tuple_(col(StudioSession.created_at), col(StudioSession.id))
        statement = statement.where(place < (page.after.created_at, page.after.id))
    statement = statement.order_by(col(StudioSession.created_at).desc(), col(StudioSession.id).desc())
    rows = [_to_view(row) for row in session.execute(statement.limit(page.limit + 1))]
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], encode_cursor(last.created_at, last.id)


def search_views(session: Session, *, user_id: UUID, query: str, limit: int) -> list[SessionView]:
    """The user's sessions whose name holds the query, without regard to accents and case; newest first."""
    name, wanted = func.catalog_fold(col(StudioSession.name)), func.catalog_fold(query)
    statement = _views(user_id).where(col(StudioSession.deleted_at).is_(None), func.strpos(name, wanted) > 0)
    newest = statement.order_by(col(StudioSession.created_at).desc(), col(StudioSession.id).desc())
    return [_to_view(row) for row in session.execute(newest.limit(limit))]


def find_view(session: Session, *, user_id: UUID, session_id: UUID) -> SessionView | None:
    """One session as the user may see it."""
    statement = _views(user_id).where(
        col(StudioSession.id) == session_id, col(StudioSession.deleted_at).is_(None)
    )
    row = session.execute(statement).first()
    return _to_view(row) if row else None


def list_members(session: Session, *, session_id: UUID) -> list[MemberView]:
    """Everyone in the session, by the time they joined."""
    statement = (
        select(SessionMember, User)
        .join(User, col(User.id) == col(SessionMember.user_id))
        .where(SessionMember.session_id == session_id)
        .order_by(col(SessionMember.created_at), col(SessionMember.id))
    )
    return [
        MemberView(
            user_id=user.id,
            display_name=user.display_name,
            avatar_url=user.avatar_url,
            role=member.role,
            joined_at=member.created_at,
        )
        for member, user in session.exec(statement)
    ]


def find_member(session: Session, *, session_id: UUID, user_id: UUID) -> SessionMember | None:
    """One membership."""
    return session.exec(
        select(SessionMember).where(SessionMember.session_id == session_id, SessionMember.user_id == user_id)
    ).first()


def find_invite(session: Session, *, secret_sha256: str, now: datetime) -> SessionInvite | None:
    """The invitation behind a secret while it still works; its session is locked, so people join in turn."""
    return session.exec(
        select(SessionInvite)
        .join(StudioSession, col(StudioSession.id) == col(SessionInvite.session_id))
        .where(
            SessionInvite.secret_sha256 == secret_sha256,
            col(SessionInvite.revoked_at).is_(None),
            col(SessionInvite.expires_at) > now,
            col(StudioSession.deleted_at).is_(None),
        )
        .with_for_update(of=StudioSession)
    ).first()


def list_invites(session: Session, *, session_id: UUID, now: datetime) -> list[SessionInvite]:
    """Invitations of a session that still work."""
    return list(
        session.exec(
            select(SessionInvite)
            .where(
                SessionInvite.session_id == session_id,
                col(SessionInvite.revoked_at).is_(None),
                col(SessionInvite.expires_at) > now,
            )
            .order_by(col(SessionInvite.created_at).desc())
            .limit(200)
        )
    )


def copy_mix(session: Session, *, from_id: UUID, to_id: UUID) -> None:
    """Copy master level, tracks and clips; the uploads are shared by both sessions."""
    values = {"from_id": from_id, "to_id": to_id}
    session.execute(_COPY_MASTER, values)
    session.execute(_COPY_TRACKS, values)


def _views(user_id: UUID) -> Select[Any]:
    track_count = (
        select(func.count()).select_from(Track).where(Track.session_id == StudioSession.id).scalar_subquery()
    )
    member_count = (
        select(func.count())
        .select_from(SessionMember)
        .where(SessionMember.session_id == StudioSession.id)
        .scalar_subquery()
    )
    mine = select(SessionMember).where(SessionMember.user_id == user_id).subquery()
    statement: Select[Any] = (
        select(  # type: ignore[call-overload]
            StudioSession, User.display_name, mine.c.role, track_count, member_count
        )
        .join(mine, mine.c.session_id == col(StudioSession.id))
        .join(User, col(User.id) == col(StudioSession.user_id))
    )
    return statement


def _to_view(row: Any) -> SessionView:
    studio_session, owner_name, role, track_count, member_count = row
    return SessionView(
        id=studio_session.id,
        name=studio_session.name,
        user_id=studio_session.user_id,
        owner_name=owner_name,
        role=MemberRole(role),
        track_count=track_count,
        member_count=member_count,
        master_gain_db=studio_session.master_gain_db,
        version=studio_session.version,
        created_at=studio_session.created_at,
        updated_at=studio_session.updated_at,
    )


_COPY_MASTER = text(
    """
    UPDATE studio_sessions AS copy SET master_gain_db = original.master_gain_db
    FROM studio_sessions AS original WHERE original.id = :from_id AND copy.id = :to_id
    """
)
_COPY_TRACKS = text(
    """
    WITH originals AS (
        SELECT tracks.*, gen_random_uuid() AS copy_id FROM tracks WHERE session_id = :from_id
    ), copies AS (
        INSERT INTO tracks (id, created_at, updated_at, session_id, upload_id, name, color, position,
                            gain_db, pan, muted, soloed, version)
        SELECT copy_id, now(), now(), :to_id, upload_id, name, color, position, gain_db, pan, muted, soloed, 1
        FROM originals
    )
    INSERT INTO clips (id, created_at, track_id, offset_samples, trim_start_samples, trim_end_samples,
                       fade_in_samples, fade_out_samples, fade_curve)
    SELECT gen_random_uuid(), now(), originals.copy_id, offset_samples, trim_start_samples, trim_end_samples,
           fade_in_samples, fade_out_samples, fade_curve
    FROM clips JOIN originals ON originals.id = clips.track_id
    """
)
