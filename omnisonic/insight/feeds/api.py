"""REST of feeds: `/api/feeds`, with OPML in and out."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import JSONResponse, Response

from omnisonic.insight.feeds import discovery, listing, service
from omnisonic.insight.feeds.models import FeedStatus
from omnisonic.insight.feeds.opml import OPML_MAX_BYTES
from omnisonic.insight.feeds.repository import FeedFilter
from omnisonic.insight.feeds.schemas import (
    CandidateList,
    FeedAnswer,
    FeedChange,
    FeedDraft,
    FeedList,
    OpmlResult,
    SiteAddress,
)
from omnisonic.platform.auth.http import InsightReader, InsightWriter
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.schemas import Ok

OPML_TYPE = "text/x-opml; charset=utf-8"

router = APIRouter(prefix="/api/feeds", tags=["feeds"])


@router.get("", operation_id="list_feeds")
def list_feeds(
    actor: InsightReader,
    page: PageQuery,
    status: FeedStatus | None = None,
    source_tier: Annotated[int | None, Query(alias="sourceTier", ge=1, le=3)] = None,
    q: Annotated[str | None, Query(max_length=200, description="A part of the title or address.")] = None,
) -> FeedList:
    """Feeds and how they are doing, newest first."""
    where = FeedFilter(status=status, source_tier=source_tier, words=q)
    with read_session() as session:
        return service.list_feeds(session, actor, page=page, where=where)


@router.post("", status_code=201, operation_id="add_feed", response_model=FeedAnswer)
@repeatable
def add_feed(actor: InsightWriter, draft: FeedDraft, idempotency_key: IdempotencyKey = None) -> Response:
    """Follow a feed; it is checked at once."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            feed = service.add_feed(uow, actor, draft=draft)
            view = service.get_feed(uow.session, actor, feed_id=feed.id)
            return 201, FeedAnswer(feed=view).model_dump(mode="json")

        wanted = draft.model_dump(mode="json")
        status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(body, status_code=status)


@router.get(
    "/opml",
    operation_id="export_feeds",
    response_class=Response,
    responses={200: {"content": {"text/x-opml": {}}}},
)
def export_feeds(actor: InsightReader) -> Response:
    """Every feed as OPML 2.0."""
    with read_session() as session:
        body = listing.export_opml(session, actor)
    disposition = {"Content-Disposition": 'attachment; filename="feeds.opml"'}
    return Response(body, media_type=OPML_TYPE, headers=disposition)


@router.post("/opml", operation_id="import_feeds", response_model=OpmlResult)
@repeatable
def import_feeds(
    actor: InsightWriter, file: Annotated[UploadFile, File()], idempotency_key: IdempotencyKey = None
) -> Response:
    """Follow every feed of an OPML file (up to 5,000) that is not followed yet."""
    file.file.seek(0)
    content = file.file.read(OPML_MAX_BYTES + 1)
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            return 200, listing.import_opml(uow, actor, body=content).model_dump(mode="json")

        wanted = hashlib.sha256(content).hexdigest()
        status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(body, status_code=status)


@router.post("/discover", operation_id="discover_feeds")
def discover_feeds(actor: InsightWriter, site: SiteAddress) -> CandidateList:
    """The feeds that a site offers, or the feed at the address itself. Follows none of them."""
    found = discovery.find_candidates(actor, url=site.url)
    with read_session() as session:
        return CandidateList(candidates=discovery.mark_followed(session, found))


@router.get("/{feed_id}", operation_id="get_feed")
def get_feed(actor: InsightReader, feed_id: UUID) -> FeedAnswer:
    """One feed and how it is doing."""
    with read_session() as session:
        return FeedAnswer(feed=service.get_feed(session, actor, feed_id=feed_id))


@router.patch("/{feed_id}", operation_id="update_feed")
@repeatable
def update_feed(actor: InsightWriter, feed_id: UUID, change: FeedChange) -> FeedAnswer:
    """Change a feed; `status` pauses it or takes it up again."""
    with unit_of_work() as uow:
        service.update_feed(uow, actor, feed_id=feed_id, change=change)
        return FeedAnswer(feed=service.get_feed(uow.session, actor, feed_id=feed_id))


@router.delete("/{feed_id}", operation_id="remove_feed")
@repeatable
def remove_feed(actor: InsightWriter, feed_id: UUID) -> Ok:
    """Stop following a feed; what it brought stays."""
    with unit_of_work() as uow:
        service.remove_feed(uow, actor, feed_id=feed_id)
    return Ok()


@router.post("/{feed_id}/check", status_code=202, operation_id="check_feed", response_model=FeedAnswer)
@repeatable
def check_feed(actor: InsightWriter, feed_id: UUID, idempotency_key: IdempotencyKey = None) -> Response:
    """Check a feed now."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            service.check_now(uow, actor, feed_id=feed_id)
            view = service.get_feed(uow.session, actor, feed_id=feed_id)
            return 202, FeedAnswer(feed=view).model_dump(mode="json")

        status, body = run_idempotent(uow, actor, idempotency_key, str(feed_id), produce)
    return JSONResponse(body, status_code=status)
