"""Tracks as others see them: REST answers and room frames have the same shape."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from omnisonic.studio.tracks import repository
from omnisonic.studio.tracks.models import Clip, Track
from omnisonic.studio.tracks.schemas import ClipView, TrackView

_TRACK_FIELDS = set(TrackView.model_fields) - {"clips"}


def to_view(track: Track, clips: list[Clip]) -> TrackView:
    """The row with its clips."""
    views = [ClipView(**{name: getattr(clip, name) for name in ClipView.model_fields}) for clip in clips]
    return TrackView(**{name: getattr(track, name) for name in _TRACK_FIELDS}, clips=views)


def to_views(session: Session, tracks: list[Track]) -> list[TrackView]:
    """Views of several tracks with two statements."""
    clips = repository.clips_of(session, track_ids=[track.id for track in tracks])
    return [to_view(track, clips[track.id]) for track in tracks]


def track_frame(session: Session, track: Track) -> dict[str, Any]:
    """Data of a `track.changed` frame."""
    return {"track": to_views(session, [track])[0].model_dump(mode="json")}
