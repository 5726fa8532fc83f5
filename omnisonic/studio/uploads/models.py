"""Tables of uploads. The row's status is the truth about the file."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from omnisonic.platform.orm import Row, enum_field, timestamp_field


class UploadKind(StrEnum):
    """What the content is, as found by reading it."""

    AUDIO = "audio"
    IMAGE = "image"
    VIDEO = "video"


class UploadStatus(StrEnum):
    """`received` waits for a worker; `ready` may be heard; `rejected` carries its reason."""

    RECEIVED = "received"
    PROCESSING = "processing"
    READY = "ready"
    REJECTED = "rejected"


class Upload(Row, table=True):
    """One file that arrived whole. Its objects live below `uploads/<id>/` in storage."""

    __tablename__ = "uploads"

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    session_id: UUID | None = Field(
        default=None, foreign_key="studio_sessions.id", index=True, ondelete="SET NULL"
    )
    file_name: str = Field(max_length=255)
    file_size: int = Field(sa_type=BigInteger)
    mime_type: str = Field(max_length=100)
    kind: UploadKind = enum_field(UploadKind, UploadKind.AUDIO)
    status: UploadStatus = enum_field(UploadStatus, UploadStatus.RECEIVED, index=True)
    sha256: str | None = Field(default=None, max_length=64)
    duration_samples: int | None = Field(default=None, sa_type=BigInteger)
    sample_rate: int | None = None
    channels: int | None = None
    lufs: float | None = None
    true_peak_db: float | None = None
    audio_sha256: str | None = Field(default=None, max_length=64)
    audio_size: int | None = Field(default=None, sa_type=BigInteger)
    pcm_sha256: str | None = Field(default=None, max_length=64)
    error_slug: str | None = Field(default=None, max_length=64)
    error: str | None = Field(default=None, max_length=500)
    attempt: int = Field(default=0)
    heartbeat_at: datetime | None = timestamp_field(default_now=False)
    updated_at: datetime = timestamp_field()


class MultipartUpload(Row, table=True):
    """A file still arriving in parts; becomes an `Upload` with the same id when it is complete."""

    __tablename__ = "multipart_uploads"

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    session_id: UUID | None = Field(default=None, foreign_key="studio_sessions.id", ondelete="CASCADE")
    file_name: str = Field(max_length=255)
    file_size: int = Field(sa_type=BigInteger)
    mime_type: str = Field(max_length=100)
    sha256: str | None = Field(default=None, max_length=64)
    part_size: int
    storage_upload_id: str = Field(max_length=500)
    claimed_until: datetime | None = timestamp_field(default_now=False)  # by the call that completes it
