"""What the list of sessions shows beside each name: who is in it, how long it is, how it looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.pagination import Page
from omnisonic.platform.schemas import ApiModel
from omnisonic.studio.sessions import repository
from omnisonic.studio.sessions.models import SessionMember
from omnisonic.studio.sessions.schemas import SessionView
from omnisonic.studio.tracks.models import Clip, Track
from omnisonic.studio.tracks.repository import clips_of
from omnisonic.studio.uploads.models import Upload, UploadStatus


class CardMember(ApiModel):
    """A face on a card."""

    user_id: UUID
    display_name: str
    avatar_url: str | None


class CardTrack(ApiModel):
    """A track on a card; positions in samples at 48 kHz."""

    upload_id: UUID
    color: str
    start_samples: int
    length_samples: int


class SessionCard(ApiModel):
    """A session with its faces and tracks, top to bottom."""

    session: SessionView
    members: list[CardMember]
    tracks: list[CardTrack]

    @property
    def length_samples(self) -> int:
        """End of the last track that can be heard."""
        return max((track.start_samples + track.length_samples for track in self.tracks), default=0)


def list_cards(session: Session, actor: Actor, *, page: Page) -> tuple[list[SessionCard], str | None]:
    """Cards of the caller's sessions, newest first, in four statements whatever their number."""
    views, cursor = repository.list_sessions(session, user_id=actor.user_id, page=page)
    ids = [view.id for view in views]
    members, tracks = _members(session, ids), _tracks(session, ids)
    cards = [SessionCard(session=view, members=members[view.id], tracks=tracks[view.id]) for view in views]
    return cards, cursor


def _members(session: Session, session_ids: Sequence[UUID]) -> dict[UUID, list[CardMember]]:
    found: dict[UUID, list[CardMember]] = defaultdict(list)
    statement = (
        select(SessionMember.session_id, User)
        .join(User, col(User.id) == col(SessionMember.user_id))
        .where(col(SessionMember.session_id).in_(session_ids))
        .order_by(col(SessionMember.created_at), col(SessionMember.id))
    )
    for session_id, user in session.exec(statement):
        face = CardMember(user_id=user.id, display_name=user.display_name, avatar_url=user.avatar_url)
        found[session_id].append(face)
    return found


def _tracks(session: Session, session_ids: Sequence[UUID]) -> dict[UUID, list[CardTrack]]:
    statement = (
        select(Track, Upload)
        .join(Upload, col(Upload.id) == col(Track.upload_id))
        .where(col(Track.session_id).in_(session_ids), Upload.status == UploadStatus.READY)
        .order_by(col(Track.position), col(Track.id))
    )
    rows = list(session.exec(statement))
    clips = clips_of(session, track_ids=[track.id for track, _ in rows])
    found: dict[UUID, list[CardTrack]] = defaultdict(list)
    for track, upload in rows:
        found[track.session_id].append(_track(track, upload, clips[track.id]))
    return found


def _track(track: Track, upload: Upload, clips: list[Clip]) -> CardTrack:
    whole = upload.duration_samples or 0
    start = min((clip.offset_samples for clip in clips), default=0)
    end = max(
        (clip.offset_samples + whole - clip.trim_start_samples - clip.trim_end_samples for clip in clips),
        default=whole,
    )
    return CardTrack(
        upload_id=upload.id, color=track.color, start_samples=start, length_samples=max(0, end - start)
    )
