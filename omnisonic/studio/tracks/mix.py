"""The session as a mix manifest: what the browser plays and what an export freezes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from omnisonic.platform.actor import Actor
from omnisonic.studio.audio.manifest import ManifestClip, MixManifest, TrackMix, build_manifest
from omnisonic.studio.sessions.service import get_session
from omnisonic.studio.tracks import repository
from omnisonic.studio.tracks.models import Clip, Track
from omnisonic.studio.uploads.models import Upload, UploadStatus

_CLIP_FIELDS = set(ManifestClip.model_fields)


@dataclass(frozen=True)
class SessionMix:
    """A session's mix: the manifest of what can be heard, and the tracks that cannot yet, by reason."""

    manifest: MixManifest
    uploads: dict[str, Upload]  # by track id
    waiting: list[str]  # names of tracks whose audio is still being made ready
    broken: list[str]  # names of tracks whose audio was rejected


def mix_manifest(session: Session, actor: Actor, *, session_id: UUID) -> MixManifest:
    """The manifest of what can be heard now; raises `NotFound` for strangers."""
    return mix_of(session, actor, session_id=session_id).manifest


def mix_of(session: Session, actor: Actor, *, session_id: UUID) -> SessionMix:
    """The session's mix with what is missing from it; raises `NotFound` for strangers."""
    studio_session, _ = get_session(session, actor, session_id=session_id)
    rows = repository.list_tracks_with_uploads(session, session_id=session_id)
    clips = repository.clips_of(session, track_ids=[track.id for track, _ in rows])
    ready = [(track, upload) for track, upload in rows if upload.status is UploadStatus.READY]
    return SessionMix(
        manifest=build_manifest(
            (_track_mix(track, upload, clips[track.id]) for track, upload in ready),
            master_gain_db=studio_session.master_gain_db,
        ),
        uploads={str(track.id): upload for track, upload in ready},
        waiting=[t.name for t, u in rows if u.status in (UploadStatus.RECEIVED, UploadStatus.PROCESSING)],
        broken=[track.name for track, upload in rows if upload.status is UploadStatus.REJECTED],
    )


def _track_mix(track: Track, upload: Upload, clips: list[Clip]) -> TrackMix:
    duration_samples = upload.duration_samples or 0
    return TrackMix(
        id=str(track.id),
        channels=upload.channels or 2,
        audio_sha256=upload.audio_sha256 or "",
        duration_samples=duration_samples,
        gain_db=track.gain_db,
        pan=track.pan,
        muted=track.muted,
        soloed=track.soloed,
        clips=[_clip(clip, duration_samples) for clip in clips] or [ManifestClip()],
    )


def _clip(clip: Clip, duration_samples: int) -> ManifestClip:
    # Trims made while the take was still processing may leave nothing of it: then they do not apply.
    values = {name: getattr(clip, name) for name in _CLIP_FIELDS}
    if clip.trim_start_samples + clip.trim_end_samples >= duration_samples:
        values |= {"trim_start_samples": 0, "trim_end_samples": 0}
    return ManifestClip(**values)
