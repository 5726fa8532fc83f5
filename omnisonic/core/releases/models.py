"""Tables of releases and of the ISRCs given out here."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from omnisonic.platform.orm import Row

LAST_DESIGNATION = 99_999


class IsrcYear(SQLModel, table=True):
    """The designation given last under a prefix in a year; its row lock makes the numbers gapless."""

    __tablename__ = "isrc_years"
    __table_args__ = (CheckConstraint(f"last BETWEEN 0 AND {LAST_DESIGNATION}", name="last"),)

    prefix: str = Field(primary_key=True, max_length=5)
    year: int = Field(primary_key=True)
    last: int = Field(default=0)


class IsrcReservation(SQLModel, table=True):
    """An ISRC kept for a mix that is being rendered, so that it stands in the file already.

    One of ours that is let go keeps its row without a holder and goes to the next one who asks.
    """

    __tablename__ = "isrc_reservations"

    isrc: str = Field(primary_key=True, max_length=12)
    holder_id: UUID | None = Field(default=None, unique=True)
    is_ours: bool = Field(default=False)


class Release(Row, table=True):
    """A registered mix: which file, work, recording, ISRC and split sheet belong together."""

    __tablename__ = "releases"

    export_id: UUID = Field(unique=True)
    work_id: UUID = Field(foreign_key="works.id", index=True)
    recording_id: UUID = Field(foreign_key="recordings.id", index=True)
    isrc: str = Field(max_length=12, unique=True)
    sheet_id: UUID = Field(index=True)
    certificate_sha256: str = Field(max_length=64)
    record_id: UUID = Field(foreign_key="log_records.id")  # its leaf
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
