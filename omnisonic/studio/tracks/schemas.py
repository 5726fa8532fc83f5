"""Shapes of tracks and clips. All positions are samples at 48 kHz."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from omnisonic.platform.names import HumanName
from omnisonic.platform.schemas import ApiModel
from omnisonic.studio.audio.manifest import MAX_POSITION_SAMPLES
from omnisonic.studio.tracks.models import FadeCurve

NAME_MAX = 120
TRACKS_MAX = 32
CLIPS_MAX = 64
GAIN_MIN_DB, GAIN_MAX_DB = -60.0, 12.0
SAMPLES_MAX = MAX_POSITION_SAMPLES  # what the manifest takes
COLOR_PATTERN = r"^(track-[1-8]|#[0-9a-fA-F]{6})$"


class ClipFields(ApiModel):
    """Where a clip starts, what is cut from each end, how it fades."""

    offset_samples: int = Field(0, ge=0, le=SAMPLES_MAX)
    trim_start_samples: int = Field(0, ge=0, le=SAMPLES_MAX)
    trim_end_samples: int = Field(0, ge=0, le=SAMPLES_MAX)
    fade_in_samples: int = Field(0, ge=0, le=SAMPLES_MAX)
    fade_out_samples: int = Field(0, ge=0, le=SAMPLES_MAX)
    fade_curve: FadeCurve = FadeCurve.LINEAR


class ClipInput(ClipFields):
    """A clip in a PATCH; with `id` it keeps its identity."""

    id: UUID | None = None


class ClipView(ClipFields):
    """A clip."""

    id: UUID


class TrackView(ApiModel):
    """A track of the mix."""

    id: UUID
    session_id: UUID
    upload_id: UUID
    name: str
    color: str
    position: int
    gain_db: float
    pan: float
    muted: bool
    soloed: bool
    version: int
    clips: list[ClipView]


class TrackAnswer(ApiModel):
    """One track."""

    track: TrackView


class TrackList(ApiModel):
    """The session's tracks, top to bottom."""

    tracks: list[TrackView]


class _TrackFields(ApiModel):
    name: Annotated[str, HumanName(NAME_MAX)] | None = None
    color: str | None = Field(None, pattern=COLOR_PATTERN)
    gain_db: float | None = Field(None, ge=GAIN_MIN_DB, le=GAIN_MAX_DB)
    pan: float | None = Field(None, ge=-1, le=1)
    muted: bool | None = None
    soloed: bool | None = None
    offset_samples: int | None = Field(None, ge=0, le=SAMPLES_MAX)
    trim_start_samples: int | None = Field(None, ge=0, le=SAMPLES_MAX)
    trim_end_samples: int | None = Field(None, ge=0, le=SAMPLES_MAX)
    fade_in_samples: int | None = Field(None, ge=0, le=SAMPLES_MAX)
    fade_out_samples: int | None = Field(None, ge=0, le=SAMPLES_MAX)
    fade_curve: FadeCurve | None = None

    def track_changes(self) -> dict[str, Any]:
        """What the caller set of the track itself."""
        return self._pick(_TRACK_NAMES)

    def clip_changes(self) -> dict[str, Any]:
        """What the caller set of the first clip through the flat fields."""
        return self._pick(set(ClipFields.model_fields))

    def _pick(self, names: set[str]) -> dict[str, Any]:
        values = self.model_dump(by_alias=False, exclude_none=True)
        return {name: values[name] for name in names if name in values}


_TRACK_NAMES = {"name", "color", "gain_db", "pan", "muted", "soloed", "position"}


class TrackCreate(_TrackFields):
    """A new track; the flat fields describe its first clip."""

    upload_id: UUID


class TrackPatch(_TrackFields):
    """Changes to a track; `version` is the one the caller has seen. `clips` replaces all clips."""

    version: int = Field(ge=1)
    position: int | None = Field(None, ge=0, lt=TRACKS_MAX)
    clips: list[ClipInput] | None = Field(None, min_length=1, max_length=CLIPS_MAX)

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> TrackPatch:
        if self.clips is not None and self.clip_changes():
            raise ValueError("send either `clips` or the flat fields of the first clip, not both")
        return self
