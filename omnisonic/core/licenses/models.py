"""Table of licenses. Postgres itself refuses two active ones that cannot both be true."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Computed, Index, text
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE, INT8RANGE, TSTZRANGE, ExcludeConstraint
from sqlmodel import Field

from omnisonic.core.catalog.models import RightsType
from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field

NO_OVERLAP = "ex_licenses_no_overlap"


class LicenseStatus(StrEnum):
    """Where a license stands; only active ones exclude others. Read in capitals too, as GraphQL has them."""

    DRAFT = "draft"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @classmethod
    def _missing_(cls, value: object) -> LicenseStatus | None:
        return next((one for one in cls if isinstance(value, str) and value.lower() == one.value), None)


class License(Row, table=True):
    """Permission to use a work: right, territory and a half-open window of time.

    `territories` holds ISO 3166 / TIS numbers, the world is `[1,2000)`. `recording_scope` is unbounded
    unless a master license names its recording. `exclusivity` is unbounded for an exclusive license and
    a point of its own for any other, so that only pairs with an exclusive one overlap.
    """

    __tablename__ = "licenses"
    __table_args__ = (
        CheckConstraint("expires_on IS NULL OR expires_on > effective_from", name="window"),
        CheckConstraint("NOT isempty(territories)", name="territories"),
        ExcludeConstraint(
            ("work_id", "="),
            ("rights_type", "="),
            ("recording_scope", "&&"),
            ("territories", "&&"),
            ("validity", "&&"),
            ("exclusivity", "&&"),
            where=text("status = 'active'"),
            using="gist",
            name=NO_OVERLAP,
        ),
        Index("ix_licenses_expiry", "expires_on", postgresql_where=text("status = 'active'")),
    )

    work_id: UUID = Field(foreign_key="works.id", index=True)
    recording_id: UUID | None = Field(default=None, foreign_key="recordings.id", index=True)
    licensee: str = Field(max_length=300)
    territory: str | None = Field(default=None, max_length=1000)
    territories: Any = Field(sa_column=Column(INT4MULTIRANGE, nullable=False))
    rights_type: RightsType = enum_field(RightsType)
    exclusive: bool = Field(default=True)
    effective_from: datetime = timestamp_field()
    expires_on: datetime | None = timestamp_field(default_now=False)
    validity: Any = Field(
        default=None,
        sa_column=Column(TSTZRANGE, Computed("tstzrange(effective_from, expires_on)", persisted=True)),
    )
    exclusivity: Any = Field(sa_column=Column(INT8RANGE, nullable=False))
    recording_scope: Any = Field(sa_column=Column(INT8RANGE, nullable=False))
    status: LicenseStatus = enum_field(LicenseStatus, LicenseStatus.ACTIVE)
    terms: dict[str, Any] | None = json_field()
    created_by: UUID | None = Field(default=None, foreign_key="users.id", index=True, ondelete="SET NULL")
    version: int = Field(default=1)
    updated_at: datetime = timestamp_field(index=True)


NONEXCLUSIVE_NUMBERS = sa.Sequence("license_exclusivity", metadata=License.metadata)
