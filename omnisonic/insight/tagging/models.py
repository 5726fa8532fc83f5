"""Tables of tagging: what was linked, what people corrected, and what the catalog does not know yet.

Postgres is the truth; ClickHouse holds a copy for the charts (`omnisonic.insight.tagging.publishing`).
"""

from __future__ import annotations

import zlib
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Sequence, UniqueConstraint, text
from sqlmodel import Field

from omnisonic.insight.news import EntityType, LinkMethod
from omnisonic.platform.orm import Row, enum_field, json_field, metadata, timestamp_field

MAX_PHRASE_CHARS = 300
MAX_REASON_CHARS = 500
MAX_SOURCE_CHARS = 253
# Every change of a link gets a number of its own: the copy in ClickHouse keeps the highest.
LINK_VERSIONS: Sequence = Sequence("entity_tag_versions", metadata=metadata)


class TagStatus(StrEnum):
    """Whether a link counts. Rows are never removed, so that a copy elsewhere can be taken back."""

    LINKED = "linked"
    REJECTED = "rejected"  # by a correction
    GONE = "gone"  # a later tagging did not find it again


class TagOrigin(StrEnum):
    """Who says so."""

    TAGGER = "tagger"
    PARTNER = "partner"  # recorded over GraphQL
    PERSON = "person"  # confirmed by an analyst


class Verdict(StrEnum):
    """What a correction says."""

    CONFIRM = "confirm"
    REJECT = "reject"


class CorrectionScope(StrEnum):
    """How far a correction reaches."""

    ITEM = "item"  # this entity in this article
    ALIAS = "alias"  # this entity under these words, in every article
    SOURCE = "source"  # this entity under these words, in articles of one outlet


class UnlinkedStatus(StrEnum):
    """What became of a name that the catalog did not know."""

    IGNORED = "ignored"
    LINKED = "linked"


class EntityTag(Row, table=True):
    """A link from a news item to an entity. Offsets count in `title + "\\n" + text`."""

    __tablename__ = "entity_tags"
    __table_args__ = (
        UniqueConstraint("news_item_id", "entity_type", "entity_id", "span_start"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        CheckConstraint("span_start >= 0 AND span_end >= span_start", name="span"),
        Index("ix_entity_tags_entity", "entity_id", "text_key"),
        Index("ix_entity_tags_words", "text_key"),
        Index("ix_entity_tags_unpublished", "version", postgresql_where=text("version > published_version")),
    )

    news_item_id: UUID
    entity_type: EntityType = enum_field(EntityType)
    entity_id: UUID
    span_start: int
    span_end: int
    matched_text: str = Field(max_length=MAX_PHRASE_CHARS)
    text_key: str = Field(max_length=MAX_PHRASE_CHARS)  # the matched text, normalised
    source: str = Field(max_length=MAX_SOURCE_CHARS)
    genre: str = Field(default="", max_length=100)
    confidence: float
    method: LinkMethod = enum_field(LinkMethod)
    origin: TagOrigin = enum_field(TagOrigin)
    evidence: dict[str, Any] = json_field(nullable=False)
    status: TagStatus = enum_field(TagStatus, TagStatus.LINKED)
    correction_id: UUID | None = Field(default=None, index=True)  # or stoplist entry, that decided it
    recorded_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    version: int = Field(sa_column=Column(BigInteger, LINK_VERSIONS, nullable=False))
    # What ClickHouse has; a lower one than `version` is still to be copied.
    published_version: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )
    updated_at: datetime = timestamp_field()


class TagCorrection(Row, table=True):
    """What a person knows better; it outlives every re-tagging until it is taken back."""

    __tablename__ = "tag_corrections"
    __table_args__ = (
        CheckConstraint("(scope = 'item') = (news_item_id IS NOT NULL)", name="item"),
        CheckConstraint("scope = 'item' OR text_key IS NOT NULL", name="words"),
        CheckConstraint("(scope = 'source') = (source IS NOT NULL)", name="source"),
        Index("ix_tag_corrections_item", "news_item_id", postgresql_where=text("news_item_id IS NOT NULL")),
        Index("ix_tag_corrections_entity", "entity_id"),
    )

    verdict: Verdict = enum_field(Verdict)
    scope: CorrectionScope = enum_field(CorrectionScope)
    entity_type: EntityType = enum_field(EntityType)
    entity_id: UUID
    news_item_id: UUID | None = Field(default=None)
    matched_text: str | None = Field(default=None, max_length=MAX_PHRASE_CHARS)
    text_key: str | None = Field(default=None, max_length=MAX_PHRASE_CHARS)
    source: str | None = Field(default=None, max_length=MAX_SOURCE_CHARS)
    reason: str = Field(max_length=MAX_REASON_CHARS)
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")

    @property
    def version(self) -> int:
        """Another one whenever the row says something else."""
        return _version_of(self.verdict, self.reason)


class StoplistEntry(Row, table=True):
    """Words that are nobody's name: everywhere, or in one outlet."""

    __tablename__ = "stoplist"
    __table_args__ = (
        Index(
            "uq_stoplist_phrase",
            "phrase_key",
            text("coalesce(source, '')"),
            unique=True,
        ),
    )

    phrase: str = Field(max_length=MAX_PHRASE_CHARS)
    phrase_key: str = Field(max_length=MAX_PHRASE_CHARS)
    source: str | None = Field(default=None, max_length=MAX_SOURCE_CHARS)
    reason: str = Field(max_length=MAX_REASON_CHARS)
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")

    @property
    def version(self) -> int:
        """Another one whenever the row says something else."""
        return _version_of(self.phrase, self.source or "", self.reason)


class EntityAlias(Row, table=True):
    """Another name under which the news know an entity."""

    __tablename__ = "entity_aliases"
    __table_args__ = (UniqueConstraint("entity_id", "alias_key"),)

    entity_type: EntityType = enum_field(EntityType)
    entity_id: UUID
    alias: str = Field(max_length=MAX_PHRASE_CHARS)
    alias_key: str = Field(max_length=MAX_PHRASE_CHARS)
    reason: str = Field(max_length=MAX_REASON_CHARS)
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class UnlinkedMention(Row, table=True):
    """A name in an article that reads like music and is not in the catalog."""

    __tablename__ = "unlinked_mentions"
    __table_args__ = (
        UniqueConstraint("news_item_id", "phrase_key"),
        Index("ix_unlinked_mentions_phrase", "phrase_key", "first_seen_at"),
    )

    news_item_id: UUID
    phrase: str = Field(max_length=MAX_PHRASE_CHARS)
    phrase_key: str = Field(max_length=MAX_PHRASE_CHARS)
    reason: str = Field(max_length=MAX_REASON_CHARS)
    confidence: float
    span_start: int
    span_end: int
    snippet: str = Field(max_length=500)
    source: str = Field(max_length=MAX_SOURCE_CHARS)
    story_id: UUID
    first_seen_at: datetime = timestamp_field()


class UnlinkedDecision(Row, table=True):
    """What an analyst decided about an unlinked name; it leaves the queue."""

    __tablename__ = "unlinked_decisions"

    phrase_key: str = Field(max_length=MAX_PHRASE_CHARS, unique=True)
    status: UnlinkedStatus = enum_field(UnlinkedStatus)
    entity_type: EntityType | None = enum_field(EntityType, nullable=True)
    entity_id: UUID | None = Field(default=None)
    reason: str | None = Field(default=None, max_length=MAX_REASON_CHARS)
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


def _version_of(*words: str) -> int:
    return zlib.crc32("\x1f".join(words).encode())
