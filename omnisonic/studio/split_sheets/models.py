"""Tables of split sheets. A changed sheet is a new version that everyone accepts again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.schema import UniqueConstraint
from sqlmodel import Field

from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field


class SplitSheetStatus(StrEnum):
    """Life of a sheet. `locked` is final: everyone has accepted."""

    PROPOSED = "proposed"
    LOCKED = "locked"
    WITHDRAWN = "withdrawn"


class SplitSheet(Row, table=True):
    """The shares of one song. At most one sheet of a session is proposed at a time."""

    __tablename__ = "split_sheets"
    __table_args__ = (
        Index(
            "uq_split_sheets_session_id",
            "session_id",
            unique=True,
            postgresql_where=text("status = 'proposed'"),
        ),
    )

    session_id: UUID = Field(foreign_key="studio_sessions.id", index=True, ondelete="CASCADE")
    title: str = Field(max_length=500)
    note: str | None = Field(default=None, max_length=2000)
    status: SplitSheetStatus = enum_field(SplitSheetStatus, SplitSheetStatus.PROPOSED)
    proposed_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    version: int = Field(default=1)
    sha256: str = Field(max_length=64)  # of the canonical shares; what is accepted
    updated_at: datetime = timestamp_field()
    locked_at: datetime | None = timestamp_field(default_now=False)


class SplitShare(Row, table=True):
    """One party of a sheet: a member of the session, with the name that goes into the catalog."""

    __tablename__ = "split_shares"
    __table_args__ = (UniqueConstraint("sheet_id", "position", name="uq_split_shares_sheet_id"),)

    sheet_id: UUID = Field(foreign_key="split_sheets.id", ondelete="CASCADE", index=True)
    position: int
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    contributor_id: UUID | None = Field(default=None, foreign_key="contributors.id")
    name: str = Field(max_length=300)
    role: str = Field(max_length=32)
    share_ppm: int


class SplitVersion(Row, table=True):
    """What a version of a sheet said; only ever added, so that everyone sees what changed."""

    __tablename__ = "split_versions"
    __table_args__ = (UniqueConstraint("sheet_id", "version", name="uq_split_versions_sheet_id"),)

    sheet_id: UUID = Field(foreign_key="split_sheets.id", ondelete="CASCADE")
    version: int
    title: str = Field(max_length=500)
    note: str | None = Field(default=None, max_length=2000)
    sha256: str = Field(max_length=64)
    shares: list[dict[str, Any]] = json_field(nullable=False)  # user, name, role, ppm, in order
    proposed_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class SplitApproval(Row, table=True):
    """A party's answer to a version of a sheet: accepted, or asked to change. Their latest one counts."""

    __tablename__ = "split_approvals"

    sheet_id: UUID = Field(foreign_key="split_sheets.id", ondelete="CASCADE", index=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    sheet_version: int
    sheet_sha256: str = Field(max_length=64)
    is_accepted: bool
    word: str | None = Field(default=None, max_length=2000)
