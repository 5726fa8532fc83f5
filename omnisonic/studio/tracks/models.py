"""Tables of tracks and clips. Every position is a count of samples at 48 kHz."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from omnisonic.platform.orm import Row, enum_field, timestamp_field


class FadeCurve(StrEnum):
    """Shape of a fade: k/n, or sin(kπ/2n)."""

    LINEAR = "linear"
    EQUAL_POWER = "equal-power"


class Track(Row, table=True):
    """One upload in the mix, with its level and place in the stereo picture."""

    __tablename__ = "tracks"

    session_id: UUID = Field(foreign_key="studio_sessions.id", index=True, ondelete="CASCADE")
    upload_id: UUID = Field(foreign_key="uploads.id", index=True)
    name: str = Field(max_length=120)
    color: str = Field(max_length=16)
    position: int = Field(default=0)
    gain_db: float = Field(default=0.0)
    pan: float = Field(default=0.0)
    muted: bool = Field(default=False)
    soloed: bool = Field(default=False)
    version: int = Field(default=1)
    updated_at: datetime = timestamp_field()


class Clip(Row, table=True):
    """A stretch of the track's audio: where it starts, what is cut from each end, how it fades."""

    __tablename__ = "clips"

    track_id: UUID = Field(foreign_key="tracks.id", index=True, ondelete="CASCADE")
    offset_samples: int = Field(default=0)
    trim_start_samples: int = Field(default=0)
    trim_end_samples: int = Field(default=0)
    fade_in_samples: int = Field(default=0)
    fade_out_samples: int = Field(default=0)
    fade_curve: FadeCurve = enum_field(FadeCurve, FadeCurve.LINEAR)
