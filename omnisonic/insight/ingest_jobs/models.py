"""Tables of the way news takes: the jobs that people ask for, and how far each step of the way is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, SmallInteger
from sqlmodel import Field, SQLModel

from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field


class IngestKind(StrEnum):
    """What a job does."""

    RSS = "rss"  # fetch feeds now
    TAGGING = "tagging"  # read the archive again and tag it with what is known today


class IngestStatus(StrEnum):
    """Where a job stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


class IngestJob(Row, table=True):
    """A job and how far it is. `position` is where the next attempt goes on; `params` never change."""

    __tablename__ = "ingest_jobs"

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    kind: IngestKind = enum_field(IngestKind)
    status: IngestStatus = enum_field(IngestStatus, IngestStatus.PENDING, index=True)
    progress: int = Field(default=0, sa_type=SmallInteger)  # 0 to 100
    params: dict[str, Any] = json_field(nullable=False)
    position: dict[str, Any] = json_field(nullable=False)
    result: dict[str, Any] | None = json_field()
    error_slug: str | None = Field(default=None, max_length=64)
    error_message: str | None = Field(default=None, max_length=1000)
    attempt: int = Field(default=0)
    cancel_requested_at: datetime | None = timestamp_field(default_now=False)
    heartbeat_at: datetime | None = timestamp_field(default_now=False)
    started_at: datetime | None = timestamp_field(default_now=False)
    completed_at: datetime | None = timestamp_field(default_now=False)


class IngestCursor(SQLModel, table=True):
    """How far a step has followed the archive's log; `error` says why it does not go on."""

    __tablename__ = "ingest_cursors"

    name: str = Field(primary_key=True, max_length=40)
    position: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    moved_at: datetime = timestamp_field()
    error: str | None = Field(default=None, max_length=500)
    failing_since: datetime | None = timestamp_field(default_now=False)
