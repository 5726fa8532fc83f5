"""Shapes of licenses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.licenses.models import License, LicenseStatus
from omnisonic.platform.schemas import ApiModel

MAX_LICENSEE_CHARS = 300
MAX_TERRITORY_CHARS = 1000
MAX_TERMS_BYTES = 16 * 1024
MAX_TERMS_DEPTH = 12
FIRST_INSTANT = datetime(1000, 1, 1, tzinfo=UTC)
LAST_INSTANT = datetime(3000, 1, 1, tzinfo=UTC)


class LicenseDraft(ApiModel):
    """What someone wants to license. The window is half-open: `expires_on` is the first moment after it.

    Without `territory` the license is for the world; times without a zone are UTC.
    """

    work_id: UUID
    recording_id: UUID | None = None
    licensee: str = Field(min_length=1, max_length=MAX_LICENSEE_CHARS)
    territory: str | None = Field(default=None, max_length=MAX_TERRITORY_CHARS)
    rights_type: RightsType
    exclusive: bool = True
    effective_from: datetime
    expires_on: datetime | None = None
    terms: dict[str, Any] | None = None
    status: LicenseStatus = LicenseStatus.ACTIVE

    @field_validator("effective_from", "expires_on")
    @classmethod
    def _within_the_calendar(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        if not FIRST_INSTANT <= moment < LAST_INSTANT:
            raise ValueError("Use a time between the years 1000 and 3000.")
        return moment.astimezone(UTC)

    @field_validator("status")
    @classmethod
    def _may_begin(cls, value: LicenseStatus) -> LicenseStatus:
        if value not in (LicenseStatus.DRAFT, LicenseStatus.ACTIVE):
            raise ValueError("A license is written as DRAFT or ACTIVE; revoking and expiring are actions.")
        return value

    @field_validator("terms")
    @classmethod
    def _storable(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value is None:
            return None
        if _depth(value) > MAX_TERMS_DEPTH:
            raise ValueError(f"Nest terms at most {MAX_TERMS_DEPTH} levels deep.")
        try:
            written = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except UnicodeEncodeError:
            raise ValueError("Terms hold half a character, which no text can.") from None
        if len(written) > MAX_TERMS_BYTES:
            raise ValueError("Terms take at most 16 KiB of JSON. Keep the contract elsewhere and link to it.")
        if b"\\u0000" in written:
            raise ValueError("Terms must not hold the null character.")
        return value

    @field_validator("expires_on")
    @classmethod
    def _ends_after_it_starts(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        starts_at = info.data.get("effective_from")
        if value is not None and starts_at is not None and value <= starts_at:
            raise ValueError("expiresOn must be after effectiveFrom; it is the first day without the license")
        return value


class LicenseChange(LicenseDraft):
    """All fields of a license as they shall be, with the version that the caller saw."""

    version: int | None = Field(default=None, ge=1)


class LicenseView(ApiModel):
    """A license. `territory` null is the world."""

    id: UUID
    work_id: UUID
    work_title: str
    recording_id: UUID | None
    licensee: str
    territory: str | None
    territory_name: str
    rights_type: RightsType
    exclusive: bool
    effective_from: datetime
    expires_on: datetime | None
    status: LicenseStatus
    terms: dict[str, Any] | None
    version: int
    created_at: datetime
    updated_at: datetime


class LicenseAnswer(ApiModel):
    """One license."""

    license: LicenseView


class LicenseList(ApiModel):
    """Licenses, newest first."""

    licenses: list[LicenseView]
    next_cursor: str | None = None


class Overlap(ApiModel):
    """A license in the way and what it shares with the one that is wanted."""

    id: UUID
    licensee: str
    exclusive: bool
    status: LicenseStatus
    territory: str | None
    effective_from: datetime
    expires_on: datetime | None
    shared_territory: str
    shared_from: datetime
    shared_until: datetime | None
    recording_id: UUID | None = None


class ConflictPreview(ApiModel):
    """What saving would meet. `conflicts` refuse it; `drafts` would, once they are active.

    `taken_territory` says in words what the conflicts share with it, `free_territory` is an expression of
    the rest; both are null without a conflict, the second also when nothing is left.
    """

    territory: str | None
    territory_name: str
    countries: int
    remarks: list[str]
    conflicts: list[Overlap]
    drafts: list[Overlap]
    taken_territory: str | None = None
    free_territory: str | None = None


def license_fields(row: License) -> dict[str, Any]:
    """What people may read and history keeps of a row."""
    names = (
        "work_id", "recording_id", "licensee", "territory", "rights_type", "exclusive",
        "effective_from", "expires_on", "status", "terms",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if depth > MAX_TERMS_DEPTH + 1:
            break
    return depth - 1
