"""Shapes of jobs on news."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from omnisonic.insight.archive.cursors import Step
from omnisonic.insight.feeds.models import MAX_URL_CHARS
from omnisonic.insight.ingest_jobs.models import IngestJob, IngestKind, IngestStatus
from omnisonic.platform.schemas import ApiModel

FEEDS_MAX = 100

FeedUrl = Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL_CHARS)]


class RssRequest(ApiModel):
    """Feeds to fetch now: addresses, which are followed from now on, or one that is followed already."""

    urls: list[FeedUrl] | None = Field(default=None, min_length=1, max_length=FEEDS_MAX)
    feed_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> RssRequest:
        if (self.urls is None) == (self.feed_id is None):
            raise ValueError("Send either `urls` or `feedId`.")
        return self


class ImproveRequest(ApiModel):
    """Which articles to tag again: first seen since, of these feeds; without both, all."""

    since: AwareDatetime | None = None
    feed_ids: list[UUID] = Field(default_factory=list, max_length=FEEDS_MAX)


class JobStarted(ApiModel):
    """A job is queued."""

    job_id: UUID
    status: IngestStatus


class JobView(ApiModel):
    """A job as its owner sees it."""

    id: UUID
    kind: IngestKind
    status: IngestStatus
    progress: int
    result: dict[str, Any] | None
    error: str | None
    error_slug: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(cls, job: IngestJob) -> JobView:
        """The part of the row that is shown."""
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            progress=job.progress,
            result=job.result,
            error=job.error_message,
            error_slug=job.error_slug,
            created_at=job.created_at,
            started_at=job.started_at,
            completed_at=job.completed_at,
        )


class AsideView(ApiModel):
    """An article that a step could not take. `isWaiting`: it is about to be tried again."""

    step: Step
    item_id: UUID
    title: str
    reason: str
    since: datetime
    is_waiting: bool


class AsideList(ApiModel):
    """What is set aside, the oldest first."""

    articles: list[AsideView]


class TriedAgain(ApiModel):
    """How many articles are about to be tried again."""

    articles: int


class IngestStatusView(ApiModel):
    """How far what people see is behind what was fetched; `reason` is set while a step fails.

    `setAside`: articles that a step could not take, see `/ingest/set-aside`.
    """

    waiting_deliveries: int
    oldest_waiting_at: datetime | None
    unstored: int
    untagged: int
    set_aside: int
    is_behind: bool
    failing_since: datetime | None
    reason: str | None
