"""Queries on tracks and clips. The caller's membership has been checked through the session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.studio.tracks.models import Clip, Track
from omnisonic.studio.uploads.models import Upload


def list_tracks(session: Session, *, session_id: UUID) -> list[Track]:
    """The session's tracks, top to bottom."""
    return list(
        session.exec(
            select(Track)
            .where(Track.session_id == session_id)
            .order_by(col(Track.position), col(Track.created_at), col(Track.id))
        )
    )


def list_tracks_with_uploads(session: Session, *, session_id: UUID) -> list[tuple[Track, Upload]]:
    """The session's tracks with what they play."""
    return [
        (track, upload)
        for track, upload in session.exec(
            select(Track, Upload)
            .join(Upload, col(Upload.id) == col(Track.upload_id))
            .where(Track.session_id == session_id)
            .order_by(col(Track.position), col(Track.created_at), col(Track.id))
        )
    ]


def find_track(
    session: Session, *, session_id: UUID, track_id: UUID, for_update: bool = False
) -> Track | None:
    """One track of this session."""
    statement = select(Track).where(Track.id == track_id, Track.session_id == session_id)
    if for_update:
        statement = statement.with_for_update()
    return session.exec(statement).first()


def clips_of(session: Session, *, track_ids: Iterable[UUID]) -> dict[UUID, list[Clip]]:
    """Clips by track, each in time order, in one statement."""
    found: dict[UUID, list[Clip]] = defaultdict(list)
    statement = (
        select(Clip)
        .where(col(Clip.track_id).in_(list(track_ids)))
        .order_by(col(Clip.offset_samples), col(Clip.id))
    )
    for clip in session.exec(statement):
        found[clip.track_id].append(clip)
    return found
