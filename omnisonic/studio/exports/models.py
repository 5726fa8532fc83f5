"""Tables of exports. The manifest is frozen at the request; nothing later changes what is rendered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field


class ExportKind(StrEnum):
    """What the file is for."""

    DRAFT = "draft"
    RELEASE = "release"  # registers the song, its recording and its shares


class ExportStatus(StrEnum):
    """Life of an export; the last three are final."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the row."""
        return self in {ExportStatus.COMPLETED, ExportStatus.FAILED, ExportStatus.CANCELED}


class ExportStage(StrEnum):
    """What the worker is doing, in a musician's words."""

    WAITING = "waiting"
    MIXING = "mixing"
    MEASURING = "measuring"
    ENCODING = "encoding"
    STORING = "storing"
    DONE = "done"


class AudioFormat(StrEnum):
    """Container and codec of an export."""

    WAV = "wav"
    MP3 = "mp3"
    FLAC = "flac"


class Export(Row, table=True):
    """One request for a mixdown and what became of it."""

    __tablename__ = "exports"

    session_id: UUID = Field(foreign_key="studio_sessions.id", index=True, ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    kind: ExportKind = enum_field(ExportKind, ExportKind.DRAFT)
    status: ExportStatus = enum_field(ExportStatus, ExportStatus.PENDING, index=True)
    stage: ExportStage = enum_field(ExportStage, ExportStage.WAITING)
    progress: int = Field(default=0)
    format: AudioFormat = enum_field(AudioFormat, AudioFormat.WAV)
    bit_depth: int = Field(default=24)
    sample_rate: int = Field(default=48_000)
    loudness_target: dict[str, Any] = json_field(nullable=False)
    limiter: bool = Field(default=False)
    manifest: dict[str, Any] = json_field(nullable=False)
    manifest_sha256: str = Field(max_length=64)
    inputs: dict[str, Any] = json_field(nullable=False)  # track id -> upload id, frozen with the manifest
    sheet_id: UUID | None = Field(default=None)  # the locked split sheet of a release
    loudness: dict[str, Any] | None = json_field()
    certificate: dict[str, Any] | None = json_field()
    storage_key: str | None = Field(default=None, max_length=255)
    file_size: int | None = Field(default=None, sa_type=BigInteger)
    pcm_sha256: str | None = Field(default=None, max_length=64)
    error_slug: str | None = Field(default=None, max_length=64)
    error_message: str | None = Field(default=None, max_length=500)
    attempt: int = Field(default=0)
    heartbeat_at: datetime | None = timestamp_field(default_now=False)
    cancel_requested_at: datetime | None = timestamp_field(default_now=False)
    started_at: datetime | None = timestamp_field(default_now=False)
    completed_at: datetime | None = timestamp_field(default_now=False)
