"""Column kinds and mixins that every table shares."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Enum, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from omnisonic.platform.ids import new_id, utc_now

# Named constraints, so that a migration can drop what another one made.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


def timestamp_field(*, default_now: bool = True, index: bool = False) -> Any:
    """A zone-aware time; set at creation unless `default_now` is false (then it may be null)."""
    kind: Any = DateTime(timezone=True)
    if default_now:
        return Field(default_factory=utc_now, sa_type=kind, nullable=False, index=index)
    return Field(default=None, sa_type=kind, nullable=True, index=index)


def enum_field(
    kind: type[StrEnum], default: StrEnum | None = None, *, index: bool = False, nullable: bool = False
) -> Any:
    """A text column with a check on the enum's values (not a Postgres enum: adding a value stays easy)."""
    column: Any = Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda values: [str(value) for value in values],
        name=re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(),
    )
    if nullable:
        return Field(default=default, sa_type=column, nullable=True, index=index)
    if default is None:
        return Field(sa_type=column, nullable=False, index=index)
    return Field(default=default, sa_type=column, nullable=False, index=index)


def json_field(*, nullable: bool = True) -> Any:
    """A JSONB column."""
    if nullable:
        return Field(default=None, sa_type=JSONB, nullable=True)
    return Field(default_factory=dict, sa_type=JSONB, nullable=False)


class Row(SQLModel):
    """Base of tables whose rows have a UUIDv7 and a creation time."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = timestamp_field()
