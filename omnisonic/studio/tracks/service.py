"""What people do with tracks. Every change checks the version it was made from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.events import room_channel
from omnisonic.platform.ids import utc_now
from omnisonic.studio.sessions.models import MemberRole
from omnisonic.studio.sessions.service import get_session
from omnisonic.studio.tracks import repository
from omnisonic.studio.tracks.errors import TooManyTracks, UploadNotAudible
from omnisonic.studio.tracks.models import Clip, Track
from omnisonic.studio.tracks.schemas import (
    TRACKS_MAX,
    ClipFields,
    ClipInput,
    TrackCreate,
    TrackList,
    TrackPatch,
    TrackView,
)
from omnisonic.studio.tracks.views import to_views, track_frame
from omnisonic.studio.uploads.models import Upload, UploadKind, UploadStatus
from omnisonic.studio.uploads.names import track_name_of
from omnisonic.studio.uploads.service import get_upload

COLORS = 8


def list_tracks(session: Session, actor: Actor, *, session_id: UUID) -> TrackList:
    """The session's tracks, top to bottom; raises `NotFound` for strangers."""
    get_session(session, actor, session_id=session_id)
    return TrackList(tracks=to_views(session, repository.list_tracks(session, session_id=session_id)))


def get_track(session: Session, actor: Actor, *, session_id: UUID, track_id: UUID) -> TrackView:
    """One track; raises `NotFound`."""
    get_session(session, actor, session_id=session_id)
    track = repository.find_track(session, session_id=session_id, track_id=track_id)
    if track is None:
        raise NotFound("This track was removed, or it belongs to another session.")
    return to_views(session, [track])[0]


def create_track(uow: UnitOfWork, actor: Actor, *, session_id: UUID, request: TrackCreate) -> TrackView:
    """Put an upload into the mix; it may still be processing. Raises `TooManyTracks` at 32."""
    studio_session, _ = get_session(
        uow.session, actor, session_id=session_id, at_least=MemberRole.EDITOR, for_update=True
    )
    # Locked: a removal at the same moment waits, and then finds the take in use.
    upload = get_upload(uow.session, actor, upload_id=request.upload_id, for_update=True)
    if upload.kind is UploadKind.IMAGE or upload.status is UploadStatus.REJECTED:
        raise UploadNotAudible(upload.error or "")
    tracks = repository.list_tracks(uow.session, session_id=session_id)
    if len(tracks) >= TRACKS_MAX:
        raise TooManyTracks(f"A session takes {TRACKS_MAX} tracks.")
    if upload.session_id is None:
        uow.session.merge(upload).session_id = session_id
    clip_values = ClipFields(**request.clip_changes())
    _check_clip(clip_values, upload)
    values: dict[str, Any] = {"name": track_name_of(upload.file_name), "color": _next_color(tracks)}
    values |= {"position": max((track.position for track in tracks), default=-1) + 1}
    track = Track(session_id=session_id, upload_id=upload.id, **(values | request.track_changes()))
    uow.session.add(track)
    uow.session.flush()
    uow.session.add(Clip(track_id=track.id, **clip_values.model_dump(by_alias=False)))
    studio_session.updated_at = utc_now()
    return _announce(uow, actor, track)


def update_track(
    uow: UnitOfWork, actor: Actor, *, session_id: UUID, track_id: UUID, request: TrackPatch
) -> TrackView:
    """Change a track and its clips; raises `VersionConflict` with the track as it is now."""
    studio_session, _ = get_session(uow.session, actor, session_id=session_id, at_least=MemberRole.EDITOR)
    track = repository.find_track(uow.session, session_id=session_id, track_id=track_id, for_update=True)
    if track is None:
        raise NotFound("This track was removed, or it belongs to another session.")
    if track.version != request.version:
        raise VersionConflict(current=to_views(uow.session, [track])[0].model_dump(mode="json"))
    upload = uow.session.get_one(Upload, track.upload_id)
    for name, value in request.track_changes().items():
        setattr(track, name, value)
    if request.clips is not None:
        _replace_clips(uow, track, upload, request.clips)
    elif changes := request.clip_changes():
        _change_first_clip(uow, track, upload, changes)
    track.version += 1
    track.updated_at = studio_session.updated_at = utc_now()
    return _announce(uow, actor, track)


def delete_track(uow: UnitOfWork, actor: Actor, *, session_id: UUID, track_id: UUID) -> None:
    """Take a track out of the mix; its upload stays in the session."""
    studio_session, _ = get_session(uow.session, actor, session_id=session_id, at_least=MemberRole.EDITOR)
    track = repository.find_track(uow.session, session_id=session_id, track_id=track_id, for_update=True)
    if track is None:
        raise NotFound("This track was removed, or it belongs to another session.")
    uow.session.delete(track)
    studio_session.updated_at = utc_now()
    data = {"track": {"id": str(track.id), "version": track.version + 1}}
    uow.publish(room_channel(session_id), "track.removed", data, actor=str(actor.user_id))


def _announce(uow: UnitOfWork, actor: Actor, track: Track) -> TrackView:
    uow.session.flush()
    uow.publish(
        room_channel(track.session_id),
        "track.changed",
        track_frame(uow.session, track),
        actor=str(actor.user_id),
    )
    return to_views(uow.session, [track])[0]


def _replace_clips(uow: UnitOfWork, track: Track, upload: Upload, wanted: list[ClipInput]) -> None:
    present = {clip.id: clip for clip in repository.clips_of(uow.session, track_ids=[track.id])[track.id]}
    for clip_input in wanted:
        _check_clip(clip_input, upload)
        values = clip_input.model_dump(by_alias=False, exclude={"id"})
        clip = present.pop(clip_input.id, None) if clip_input.id else None
        if clip is None:
            uow.session.add(Clip(track_id=track.id, **values))
        else:
            clip.sqlmodel_update(values)
    for clip in present.values():
        uow.session.delete(clip)
    uow.session.flush()


def _change_first_clip(uow: UnitOfWork, track: Track, upload: Upload, changes: dict[str, object]) -> None:
    clip = repository.clips_of(uow.session, track_ids=[track.id])[track.id][0]
    values = {name: getattr(clip, name) for name in ClipFields.model_fields} | changes
    _check_clip(ClipFields(**values), upload)
    clip.sqlmodel_update(changes)
    uow.session.flush()


def _check_clip(clip: ClipFields, upload: Upload) -> None:
    if upload.duration_samples is None:
        return  # still processing: checked again when the manifest is made
    left = upload.duration_samples - clip.trim_start_samples - clip.trim_end_samples
    if left <= 0:
        message = f"The take has {upload.duration_samples} samples; the trims leave nothing of it."
        raise InvalidFields(message, errors=[FieldError("trimEndSamples", "nothing-left", message)])
    if clip.fade_in_samples + clip.fade_out_samples > left:
        message = f"The fades together may last {left} samples, the length of the clip."
        raise InvalidFields(message, errors=[FieldError("fadeOutSamples", "fades-overlap", message)])


def _next_color(tracks: list[Track]) -> str:
    used = {track.color for track in tracks}
    names = [f"track-{number}" for number in range(1, COLORS + 1)]
    return next((name for name in names if name not in used), names[len(tracks) % COLORS])
