"""Tables of feeds: where news comes from, how each source is doing, what was fetched and is not archived."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from omnisonic.platform.auth import models as _accounts  # noqa: F401  (`created_by` leads to its table)
from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field

MAX_URL_CHARS = 2048


class FeedStatus(StrEnum):
    """What happens to a feed: checked, left alone, checked less and less often, or given up by its owner."""

    ACTIVE = "active"
    PAUSED = "paused"
    FAILING = "failing"
    GONE = "gone"


class Feed(Row, table=True):
    """A source of news. `claimed_until` is set while a fetch is under way; a dead one is found again."""

    __tablename__ = "feeds"
    __table_args__ = (
        UniqueConstraint("url_key", name="uq_feeds_url_key"),
        Index("ix_feeds_due", "status", "next_check_at"),
    )

    url: str = Field(max_length=MAX_URL_CHARS)
    url_key: str = Field(max_length=MAX_URL_CHARS)  # the canonical form: one feed per address
    fetch_domain: str = Field(max_length=255, index=True)  # registrable domain that is asked: politeness
    site_url: str | None = Field(default=None, max_length=MAX_URL_CHARS)
    title: str = Field(max_length=300)
    is_title_fixed: bool = Field(default=False)  # chosen by a person: the feed's own title leaves it alone
    source: str = Field(max_length=255, index=True)  # registrable domain of the outlet
    source_tier: int = Field(default=3, sa_type=SmallInteger)
    language: str = Field(default="", max_length=35)
    genre: str = Field(default="", max_length=100)
    created_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    version: int = Field(default=1)
    updated_at: datetime = timestamp_field()

    status: FeedStatus = enum_field(FeedStatus, FeedStatus.ACTIVE)
    next_check_at: datetime = timestamp_field()
    claimed_until: datetime | None = timestamp_field(default_now=False)
    claim_no: int = Field(default=0)  # a fetch whose number is no longer this one may not write

    etag: str | None = Field(default=None, max_length=1000)
    last_modified: str | None = Field(default=None, max_length=200)
    body_sha256: str | None = Field(default=None, max_length=64)
    redirect_url: str | None = Field(default=None, max_length=MAX_URL_CHARS)
    redirect_count: int = Field(default=0)

    first_fetched_at: datetime | None = timestamp_field(default_now=False)  # None: the next one is backfill
    last_checked_at: datetime | None = timestamp_field(default_now=False)
    last_success_at: datetime | None = timestamp_field(default_now=False)
    last_item_at: datetime | None = timestamp_field(default_now=False)
    last_entries: int = Field(default=0)
    items_per_week: float | None = Field(default=None)
    failure_count: int = Field(default=0)  # in a row
    last_error_at: datetime | None = timestamp_field(default_now=False)
    last_error_slug: str | None = Field(default=None, max_length=64)
    last_error: str | None = Field(default=None, max_length=1000)
    last_warning: str | None = Field(default=None, max_length=500)


class FeedDomain(SQLModel, table=True):
    """A registrable domain that asked to be left alone: none of its feeds is fetched until then."""

    __tablename__ = "feed_domains"

    domain: str = Field(primary_key=True, max_length=255)
    blocked_until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    reason: str = Field(max_length=200)


class FeedDelivery(Row, table=True):
    """What one fetch brought, until the archive has it; ids ascend in the order of a feed's fetches.

    `items` are the entries as `mapping.read_feed` gives them, in the order of the document; `feed` is what a
    news item says of its feed. The feed may be removed meanwhile: what was fetched is not lost with it.
    """

    __tablename__ = "feed_deliveries"

    feed_id: UUID = Field(index=True)
    fetched_at: datetime = timestamp_field()
    is_backfill: bool = Field(default=False)
    feed: dict[str, Any] = json_field(nullable=False)
    items: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB, nullable=False)
