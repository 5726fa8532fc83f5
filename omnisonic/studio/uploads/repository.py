"""Every query on uploads; each starts from what the caller may see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, exists, select

from omnisonic.platform.pagination import Page, fetch_page
from omnisonic.studio.sessions.models import SessionMember, StudioSession
from omnisonic.studio.tracks.models import Track
from omnisonic.studio.uploads.models import MultipartUpload, Upload


def find_upload(
    session: Session, *, user_id: UUID, upload_id: UUID, for_update: bool = False
) -> Upload | None:
    """An upload the user may hear: their own without a session, or one in a session of theirs."""
    statement = select(Upload).where(Upload.id == upload_id, _is_readable_by(user_id))
    if for_update:
        statement = statement.with_for_update()
    return session.exec(statement).first()


def list_uploads(session: Session, *, session_id: UUID, page: Page) -> tuple[list[Upload], str | None]:
    """Uploads of one session, newest first. The caller has checked the membership."""
    return fetch_page(session, select(Upload).where(Upload.session_id == session_id), Upload, page=page)


def find_multipart(session: Session, *, user_id: UUID, upload_id: UUID) -> MultipartUpload | None:
    """An upload in parts that the user began, locked."""
    return session.exec(
        select(MultipartUpload)
        .where(MultipartUpload.id == upload_id, MultipartUpload.user_id == user_id)
        .with_for_update()
    ).first()


def list_stale_multiparts(
    session: Session, *, older_than: datetime, now: datetime, limit: int
) -> list[MultipartUpload]:
    """Uploads in parts that nobody completed or is completing, locked, oldest first."""
    return list(
        session.exec(
            select(MultipartUpload)
            .where(
                col(MultipartUpload.created_at) < older_than,
                or_(col(MultipartUpload.claimed_until).is_(None), col(MultipartUpload.claimed_until) < now),
            )
            .order_by(col(MultipartUpload.created_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def is_used_by_track(session: Session, *, upload_id: UUID) -> bool:
    """Whether any track, in any session, plays this upload."""
    return session.exec(select(Track.id).where(Track.upload_id == upload_id).limit(1)).first() is not None


def list_tracks_of_upload(session: Session, *, upload_id: UUID) -> list[Track]:
    """Tracks that play this upload."""
    return list(session.exec(select(Track).where(Track.upload_id == upload_id).limit(200)))


def find_for_work(session: Session, *, upload_id: UUID) -> Upload | None:
    """The row for a worker, locked; workers act for the system, not for a caller."""
    return session.exec(select(Upload).where(Upload.id == upload_id).with_for_update()).first()


def list_orphans(session: Session, *, older_than: datetime, limit: int) -> list[Upload]:
    """Uploads that no session and no track has, locked."""
    return list(
        session.exec(
            select(Upload)
            .where(
                col(Upload.session_id).is_(None),
                col(Upload.created_at) < older_than,
                ~exists().where(col(Track.upload_id) == col(Upload.id)),
            )
            .order_by(col(Upload.created_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def _is_readable_by(user_id: UUID) -> ColumnElement[bool]:
    """Own and without a session, or reached through a live session that the user belongs to."""
    through = (
        exists()
        .where(
            col(SessionMember.user_id) == user_id,
            col(StudioSession.id) == col(SessionMember.session_id),
            col(StudioSession.deleted_at).is_(None),
            or_(
                col(SessionMember.session_id) == col(Upload.session_id),
                col(SessionMember.session_id).in_(
                    select(Track.session_id).where(col(Track.upload_id) == col(Upload.id))
                ),
            ),
        )
        .correlate(Upload)
    )
    own = and_(col(Upload.session_id).is_(None), col(Upload.user_id) == user_id)
    return or_(own, through)
