"""Tables of the catalog. The preferred identifier stands on its entity, every other one in `identifiers`."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import BigInteger, CheckConstraint, Column, Computed, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlmodel import Field, SQLModel

from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field

MAX_TITLE_CHARS = 500
MAX_NAME_CHARS = 300
WHOLE_PPM = 1_000_000


class EntityKind(StrEnum):
    """What the catalog has a page and a history for."""

    WORK = "work"
    RECORDING = "recording"
    CONTRIBUTOR = "contributor"
    LICENSE = "license"


class RightsType(StrEnum):
    """The rights a share or a license is about."""

    MECHANICAL = "MECHANICAL"
    PERFORMANCE = "PERFORMANCE"
    SYNCHRONIZATION = "SYNCHRONIZATION"
    MASTER = "MASTER"


class ContributionRole(StrEnum):
    """What a contributor did for a work (names of CISAC's CWR writer and publisher roles)."""

    COMPOSER = "composer"
    LYRICIST = "lyricist"
    COMPOSER_LYRICIST = "composer-lyricist"
    ARRANGER = "arranger"
    ADAPTER = "adapter"
    TRANSLATOR = "translator"
    PUBLISHER = "publisher"
    SUB_PUBLISHER = "sub-publisher"
    ADMINISTRATOR = "administrator"
    PERFORMER = "performer"
    PRODUCER = "producer"
    MIXER = "mixer"
    LABEL = "label"


class IdentifierScheme(StrEnum):
    """Numbering systems the catalog knows."""

    ISRC = "isrc"
    ISWC = "iswc"
    IPI = "ipi"
    ISNI = "isni"


class IdentifierStatus(StrEnum):
    """Whether an identifier is the one to show or one that was given before or beside it."""

    PREFERRED = "preferred"
    ARCHIVED = "archived"


def _text_array() -> Any:
    return Field(
        default_factory=list, sa_column=Column(ARRAY(sa.Text), nullable=False, server_default=text("'{}'"))
    )


class CatalogRow(Row):
    """What works, recordings and contributors share. `version` grows with every change of the row."""

    created_by: UUID | None = Field(default=None, foreign_key="users.id", index=True, ondelete="SET NULL")
    version: int = Field(default=1)
    updated_at: datetime = timestamp_field()


def _only_where_set(table: str, column: str) -> Index:
    # Few rows have a value: a small index that costs a bulk insert nothing.
    return Index(f"ix_{table}_{column}", column, postgresql_where=text(f"{column} IS NOT NULL"))


class Work(CatalogRow, table=True):
    """A composition. `iswc` is the preferred one, compact; after a merge `merged_into` is the survivor."""

    __tablename__ = "works"
    __table_args__ = (_only_where_set("works", "merged_into"),)

    title: str = Field(max_length=MAX_TITLE_CHARS)
    description: str | None = Field(default=None, max_length=5000)
    iswc: str | None = Field(default=None, max_length=11, unique=True)
    genres: list[str] = _text_array()
    merged_into: UUID | None = Field(default=None, foreign_key="works.id")


class Recording(CatalogRow, table=True):
    """A fixed performance. `number` is what license ranges count with; `isrc` the preferred one, compact."""

    __tablename__ = "recordings"
    __table_args__ = (
        _only_where_set("recordings", "merged_into"),
        _only_where_set("recordings", "work_id"),
    )

    number: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(), nullable=False, unique=True)
    )
    title: str = Field(max_length=MAX_TITLE_CHARS)
    isrc: str | None = Field(default=None, max_length=12, unique=True)
    work_id: UUID | None = Field(default=None, foreign_key="works.id")
    primary_artist: str = Field(max_length=1000)
    duration_ms: int | None = Field(default=None)
    released_on: date | None = Field(default=None)
    genres: list[str] = _text_array()
    import_job_id: UUID | None = Field(default=None)
    merged_into: UUID | None = Field(default=None, foreign_key="recordings.id")


class Contributor(CatalogRow, table=True):
    """A person or company. `name_key` is the folded name; `user_id` the account that is this contributor."""

    __tablename__ = "contributors"
    __table_args__ = (
        Index("ix_contributors_creator_name", "created_by", "name_key"),
        _only_where_set("contributors", "merged_into"),
        _only_where_set("contributors", "user_id"),
    )

    name: str = Field(max_length=MAX_NAME_CHARS)
    name_key: str = Field(max_length=MAX_NAME_CHARS * 2, index=True)
    roles: list[str] = _text_array()
    ipi: str | None = Field(default=None, max_length=11, unique=True)
    isni: str | None = Field(default=None, max_length=16, unique=True)
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    merged_into: UUID | None = Field(default=None, foreign_key="contributors.id")


class RecordingCredit(SQLModel, table=True):
    """A credited performer of a recording, in order, with the spelling of the credit."""

    __tablename__ = "recording_credits"

    recording_id: UUID = Field(
        sa_column=Column(ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True)
    )
    position: int = Field(primary_key=True, ge=0)
    contributor_id: UUID = Field(foreign_key="contributors.id", index=True)
    credited_as: str = Field(max_length=MAX_NAME_CHARS)


class Contribution(Row, table=True):
    """A contributor's share of a work in ppm, valid from `valid_from` until before `valid_to`.

    Without a right it counts for every right that has no shares of its own.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        CheckConstraint(f"share_ppm BETWEEN 0 AND {WHOLE_PPM}", name="share_ppm"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
    )

    work_id: UUID = Field(foreign_key="works.id", index=True)
    contributor_id: UUID = Field(foreign_key="contributors.id", index=True)
    role: ContributionRole = enum_field(ContributionRole)
    rights_type: RightsType | None = enum_field(RightsType, nullable=True)
    share_ppm: int
    valid_from: datetime = timestamp_field()
    valid_to: datetime | None = timestamp_field(default_now=False)
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class Identifier(Row, table=True):
    """An identifier beside the preferred one of exactly one entity."""

    __tablename__ = "identifiers"
    __table_args__ = (
        CheckConstraint("num_nonnulls(work_id, recording_id, contributor_id) = 1", name="one_entity"),
        Index(
            "uq_identifiers_entity",
            "scheme",
            "value",
            "work_id",
            "recording_id",
            "contributor_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    scheme: IdentifierScheme = enum_field(IdentifierScheme)
    value: str = Field(max_length=40)
    status: IdentifierStatus = enum_field(IdentifierStatus, IdentifierStatus.ARCHIVED)
    work_id: UUID | None = Field(default=None, foreign_key="works.id", index=True, ondelete="CASCADE")
    recording_id: UUID | None = Field(
        default=None, foreign_key="recordings.id", index=True, ondelete="CASCADE"
    )
    contributor_id: UUID | None = Field(
        default=None, foreign_key="contributors.id", index=True, ondelete="CASCADE"
    )


class Provenance(SQLModel, table=True):
    """Who changed what, when and from which source. Never changed, never removed.

    `txid` lets a reader of the feed stop before transactions that have not ended yet.
    """

    __tablename__ = "provenance"
    __table_args__ = (
        Index("ix_provenance_entity", "entity_id", "seq"),
        Index("ix_provenance_feed", "txid", "seq"),
    )

    seq: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    txid: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger, nullable=False, server_default=text("(pg_current_xact_id()::text::bigint)")
        ),
    )
    entity_type: EntityKind = enum_field(EntityKind)
    entity_id: UUID
    action: str = Field(max_length=50)
    actor_id: UUID | None = Field(default=None)
    source: str = Field(max_length=200)
    before: dict[str, Any] | None = json_field()
    after: dict[str, Any] | None = json_field()
    at: datetime = timestamp_field()


class CatalogSearch(SQLModel, table=True):
    """What people find an entity by, kept apart so that imports do not wait for the text indexes."""

    __tablename__ = "catalog_search"
    __table_args__ = (
        Index(
            "ix_catalog_search_title",
            "title_fold",
            postgresql_using="gin",
            postgresql_ops={"title_fold": "gin_trgm_ops"},
        ),
        Index("ix_catalog_search_document", "document", postgresql_using="gin"),
    )

    entity_type: EntityKind = enum_field(EntityKind)
    entity_id: UUID = Field(primary_key=True)
    title_fold: str
    words: str = Field(default="")  # names, identifiers and genres, folded
    document: str | None = Field(
        default=None,
        sa_column=Column(
            TSVECTOR,
            Computed(
                "setweight(to_tsvector('simple', title_fold), 'A') "
                "|| setweight(to_tsvector('simple', words), 'B')",
                persisted=True,
            ),
        ),
    )
