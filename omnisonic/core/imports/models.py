"""Tables of bulk imports: the job, its finished chunks and its refused rows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, text
from sqlmodel import Field, SQLModel

from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field


class ImportStatus(StrEnum):
    """Where an import stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


class BulkImportJob(Row, table=True):
    """A file to bring in. The same account, mapping and file is the same job unless that one ended badly."""

    __tablename__ = "bulk_import_jobs"
    __table_args__ = (
        Index(
            "uq_bulk_import_jobs_file",
            "user_id",
            "sha256",
            "mapping_sha256",
            unique=True,
            postgresql_where=text("status NOT IN ('failed', 'canceled')"),
        ),
    )

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    file_key: str = Field(max_length=200)  # empty: the file was removed (`retention`)
    file_name: str = Field(max_length=255)
    file_size_bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: str = Field(max_length=64)
    mapping: dict[str, Any] | None = json_field()
    mapping_sha256: str = Field(max_length=64)
    status: ImportStatus = enum_field(ImportStatus, ImportStatus.PENDING, index=True)
    total_records: int | None = Field(default=None)
    processed_records: int = Field(default=0)
    accepted_records: int = Field(default=0)
    rejected_records: int = Field(default=0)
    warnings: dict[str, Any] = json_field(nullable=False)
    changes_from: int | None = Field(
        default=None, sa_type=BigInteger
    )  # its first row of provenance, at least
    error_slug: str | None = Field(default=None, max_length=64)
    error_message: str | None = Field(default=None, max_length=1000)
    attempt: int = Field(default=0)
    cancel_requested_at: datetime | None = timestamp_field(default_now=False)
    heartbeat_at: datetime | None = timestamp_field(default_now=False)
    started_at: datetime | None = timestamp_field(default_now=False)
    completed_at: datetime | None = timestamp_field(default_now=False)


class ImportChunk(SQLModel, table=True):
    """A part of the file that is in the graph: a restarted import goes on after it."""

    __tablename__ = "import_chunks"

    job_id: UUID = Field(
        sa_column=Column(ForeignKey("bulk_import_jobs.id", ondelete="CASCADE"), primary_key=True)
    )
    chunk_no: int = Field(primary_key=True)
    accepted_records: int
    rejected_records: int
    finished_at: datetime = timestamp_field()


class ImportIssue(SQLModel, table=True):
    """Why a row of the file was refused or changed; `row` counts as the file's reader counts."""

    __tablename__ = "import_errors"
    __table_args__ = (Index("ix_import_errors_job_row", "job_id", "row"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    job_id: UUID = Field(foreign_key="bulk_import_jobs.id", ondelete="CASCADE")
    row: int
    column: str | None = Field(default=None, max_length=200)
    code: str = Field(max_length=60)
    message: str = Field(max_length=500)
    raw: str | None = Field(default=None, max_length=2000)
    is_warning: bool = Field(default=False)
