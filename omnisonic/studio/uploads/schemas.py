"""Shapes of uploads."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from omnisonic.platform.schemas import ApiModel
from omnisonic.studio.uploads.models import Upload, UploadKind, UploadStatus


class UploadView(ApiModel):
    """An upload; `durationSamples` counts at 48 kHz, `sampleRate` and `channels` are the original's."""

    id: UUID
    user_id: UUID
    session_id: UUID | None
    file_name: str
    file_size: int
    mime_type: str
    kind: UploadKind
    status: UploadStatus
    duration_samples: int | None
    sample_rate: int | None
    channels: int | None
    lufs: float | None
    true_peak_db: float | None
    sha256: str | None
    pcm_sha256: str | None
    error: str | None
    created_at: datetime

    @classmethod
    def of(cls, upload: Upload) -> UploadView:
        """The row as others may see it."""
        return cls.model_validate({name: getattr(upload, name) for name in cls.model_fields})


class UploadAnswer(ApiModel):
    """An upload, its stable path and a signed link of one hour."""

    upload: UploadView
    url: str
    download_url: str | None
    metadata: dict[str, Any] | None = None


class UploadList(ApiModel):
    """Uploads of a session, newest first."""

    uploads: list[UploadView]
    next_cursor: str | None = None


class MultipartCreate(ApiModel):
    """What is about to arrive. `fileSize` is exact; `sha256` is checked when given."""

    file_name: str
    file_size: int = Field(gt=0)
    mime_type: str = Field(max_length=100, pattern=r"^[ -~]*$")  # goes into headers of the store
    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")
    session_id: UUID | None = None


class PartLink(ApiModel):
    """Where to PUT part `n` (counted from 1)."""

    n: int
    url: str


class MultipartAnswer(ApiModel):
    """An upload in parts: every part is `partSize` bytes, the last one what is left."""

    id: UUID
    part_size: int
    parts: list[PartLink]
    received: list[int] = Field(default_factory=list)
