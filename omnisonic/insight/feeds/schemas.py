"""Shapes of feeds."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from omnisonic.insight.feeds.entries import NAME_MAX_CHARS
from omnisonic.insight.feeds.models import MAX_URL_CHARS, Feed, FeedStatus
from omnisonic.platform.schemas import ApiModel

LANGUAGE = r"^$|^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$"
Title = Field(default=None, min_length=1, max_length=NAME_MAX_CHARS)
Tier = Field(default=None, ge=1, le=3, description="1: music outlet, 2: general news, 3: anybody.")


class FeedDraft(ApiModel):
    """A feed to follow. Without a title it gets the one it calls itself."""

    url: str = Field(min_length=1, max_length=MAX_URL_CHARS)
    title: str | None = Title
    source_tier: int = Field(
        default=3, ge=1, le=3, description="1: music outlet, 2: general news, 3: anybody."
    )
    language: str = Field(default="", pattern=LANGUAGE)
    genre: str = Field(default="", max_length=100)


class FeedChange(ApiModel):
    """What shall be different; what is left out stays. `paused` rests a feed, `active` takes it up again."""

    url: str | None = Field(default=None, min_length=1, max_length=MAX_URL_CHARS)
    title: str | None = Title
    source: str | None = Field(
        default=None, min_length=1, max_length=255, description="Domain of the outlet."
    )
    source_tier: int | None = Tier
    language: str | None = Field(default=None, pattern=LANGUAGE)
    genre: str | None = Field(default=None, max_length=100)
    status: Literal["active", "paused"] | None = None
    version: int | None = Field(default=None, ge=1)


class FeedFailure(ApiModel):
    """Why the last bad check brought nothing."""

    at: datetime
    slug: str
    message: str


class FeedView(ApiModel):
    """A feed and how it is doing. `rests_until` is set while its whole domain is left alone."""

    id: UUID
    url: str
    site_url: str | None
    title: str
    source: str
    source_tier: int
    language: str
    genre: str
    status: FeedStatus
    version: int
    created_at: datetime
    updated_at: datetime
    next_check_at: datetime | None
    last_checked_at: datetime | None
    last_success_at: datetime | None
    last_item_at: datetime | None
    last_entries: int
    items_per_week: float | None
    failure_count: int
    last_error: FeedFailure | None
    warning: str | None
    rests_until: datetime | None


class FeedAnswer(ApiModel):
    """One feed."""

    feed: FeedView


class FeedList(ApiModel):
    """Feeds, newest first."""

    feeds: list[FeedView]
    next_cursor: str | None = None


class SiteAddress(ApiModel):
    """The address of a site or of a feed."""

    url: str = Field(min_length=1, max_length=MAX_URL_CHARS)


class Candidate(ApiModel):
    """A feed that a site offers. `feed_id` is set when it is followed already."""

    url: str
    title: str
    format: str
    entries: int | None = None
    feed_id: UUID | None = None


class CandidateList(ApiModel):
    """What a site offers, best first."""

    candidates: list[Candidate]


class OpmlRefusal(ApiModel):
    """An outline that was not taken."""

    url: str
    message: str


class OpmlResult(ApiModel):
    """What an imported list came to."""

    added: int
    already_followed: int
    refused: list[OpmlRefusal]


def view_of(feed: Feed, *, rests_until: datetime | None = None) -> FeedView:
    """A row as it is shown. A feed that is not checked has no next check."""
    is_checked = feed.status in (FeedStatus.ACTIVE, FeedStatus.FAILING)
    next_at = max(feed.next_check_at, rests_until) if rests_until else feed.next_check_at
    failure = None
    if feed.last_error_at is not None:
        failure = FeedFailure(
            at=feed.last_error_at, slug=feed.last_error_slug or "", message=feed.last_error or ""
        )
    names = FeedView.model_fields.keys() - {"next_check_at", "last_error", "warning", "rests_until"}
    return FeedView(
        **{name: getattr(feed, name) for name in names},
        next_check_at=next_at if is_checked else None,
        last_error=failure,
        warning=feed.last_warning,
        rests_until=rests_until,
    )
