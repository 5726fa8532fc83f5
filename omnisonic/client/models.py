"""What the client gives back. Times are aware of their zone; shares and licenses are read with `execute`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


def parse_time(value: str) -> datetime:
    """A time as the server writes it (ISO 8601, UTC)."""
    return datetime.fromisoformat(value)


@dataclass(frozen=True)
class Identifier:
    """An identifier of a work, recording or contributor: `scheme` as `isrc`, `iswc`, `ipi`, `isni`."""

    scheme: str
    value: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What works and recordings have in common."""

    id: str
    title: str
    identifiers: list[Identifier]
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def _common(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": row["id"],
            "title": row["title"],
            "identifiers": [Identifier(**each) for each in row["identifiers"]],
            "created_at": parse_time(row["createdAt"]),
            "updated_at": parse_time(row["updatedAt"]),
        }


@dataclass(frozen=True, kw_only=True)
class Work(Entry):
    """A composition."""

    FIELDS = (
        "id title description iswc genres hasConflict createdAt updatedAt identifiers { scheme value status }"
    )

    description: str | None
    iswc: str | None
    genres: list[str]
    has_conflict: bool

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """From an answer that selected `FIELDS`."""
        return cls(
            **cls._common(row),
            description=row["description"],
            iswc=row["iswc"],
            genres=row["genres"],
            has_conflict=row["hasConflict"],
        )


@dataclass(frozen=True, kw_only=True)
class Recording(Entry):
    """One fixed performance. `duration_s` in seconds; `work_id` where the work is known."""

    FIELDS = (
        "id title isrc primaryArtist durationSeconds releasedAt createdAt updatedAt "
        "work { id } identifiers { scheme value status }"
    )

    isrc: str | None
    primary_artist: str
    duration_s: float | None
    released_at: datetime | None
    work_id: str | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """From an answer that selected `FIELDS`."""
        return cls(
            **cls._common(row),
            isrc=row["isrc"],
            primary_artist=row["primaryArtist"],
            duration_s=row["durationSeconds"],
            released_at=parse_time(row["releasedAt"]) if row["releasedAt"] else None,
            work_id=row["work"]["id"] if row["work"] else None,
        )


@dataclass(frozen=True)
class ImportIssue:
    """Why a row was refused, or what was pointed out. `row` counts as in the file, the header is row 1."""

    row: int
    column: str | None
    code: str
    message: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """From an entry of `errors` or `warnings`."""
        return cls(row=row["row"], column=row.get("column"), code=row["code"], message=row["message"])


@dataclass(frozen=True)
class ImportJob:
    """An import. The first hundred refused rows are in `errors`, all of them in the errors file.

    `error_message` says why an import as a whole failed.
    """

    id: str
    status: str
    total_records: int | None
    processed_records: int
    accepted_records: int
    rejected_records: int
    errors: list[ImportIssue]
    warnings: list[ImportIssue]
    error_message: str | None
    created_at: datetime
    completed_at: datetime | None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in {"completed", "failed", "canceled"}

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """From `GET /ingest/isrc/bulk/{jobId}`."""
        return cls(
            id=row["jobId"],
            status=row["status"],
            total_records=row["totalRecords"],
            processed_records=row["processedRecords"],
            accepted_records=row["acceptedRecords"],
            rejected_records=row["rejectedRecords"],
            errors=[ImportIssue.of(each) for each in row["errors"]],
            warnings=[ImportIssue.of(each) for each in row["warnings"]],
            error_message=row["errorMessage"],
            created_at=parse_time(row["createdAt"]),
            completed_at=parse_time(row["completedAt"]) if row["completedAt"] else None,
        )
