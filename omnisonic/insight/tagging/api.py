"""REST of tagging: why an article is linked as it is, corrections, the stoplist, names not known yet."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from omnisonic.insight.tagging import corrections, stoplist, unknown_names
from omnisonic.insight.tagging.articles import require_item
from omnisonic.insight.tagging.models import Verdict
from omnisonic.insight.tagging.publishing import try_publish
from omnisonic.insight.tagging.schemas import (
    Changed,
    CorrectionAnswer,
    CorrectionChange,
    CorrectionDraft,
    CorrectionList,
    Explanation,
    StoplistAnswer,
    StoplistChange,
    StoplistDraft,
    StoplistPage,
    UnlinkedDecisionDraft,
    UnlinkedPage,
)
from omnisonic.insight.tagging.views import correction_views, explain, stoplist_views
from omnisonic.platform.auth.http import InsightReader, InsightWriter
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.schemas import Ok

router = APIRouter(tags=["tagging"])
MAX_OFFSET = 10_000


@router.get("/api/news/{item_id}/explain", operation_id="explain_news")
def explain_news(_actor: InsightReader, item_id: UUID) -> Explanation:
    """Every link of an article with its evidence, also those that a person rejected."""
    item = require_item(item_id)
    with read_session() as session:
        return explain(session, item)


@router.get("/api/corrections", operation_id="list_corrections")
def list_corrections(
    _actor: InsightReader,
    page: PageQuery,
    entity_id: Annotated[UUID | None, Query(alias="entityId")] = None,
    news_item_id: Annotated[UUID | None, Query(alias="newsItemId")] = None,
    verdict: Verdict | None = None,
) -> CorrectionList:
    """What people corrected, newest first."""
    with read_session() as session:
        rows, following = corrections.list_corrections(
            session, page=page, entity_id=entity_id, news_item_id=news_item_id, verdict=verdict
        )
        return CorrectionList(corrections=correction_views(session, rows), next_cursor=following)


@router.post(
    "/api/corrections", status_code=201, operation_id="create_correction", response_model=CorrectionAnswer
)
@repeatable
def create_correction(
    actor: InsightWriter, draft: CorrectionDraft, idempotency_key: IdempotencyKey = None
) -> Response:
    """Confirm or reject a link, in one article, one outlet or everywhere. Needs the role `analyst`."""
    corrections.require_analyst(actor)
    item = None
    if draft.tag_id is None and draft.verdict is Verdict.CONFIRM and draft.news_item_id:
        item = require_item(draft.news_item_id)
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            row, changed = corrections.create_correction(uow, actor, draft=draft, item=item)
            (view,) = correction_views(uow.session, [row])
            return 201, CorrectionAnswer(correction=view, changed=changed).model_dump(mode="json")

        status, body = run_idempotent(uow, actor, idempotency_key, draft.model_dump(mode="json"), produce)
    try_publish()
    return JSONResponse(body, status_code=status)


@router.patch("/api/corrections/{correction_id}", operation_id="update_correction")
@repeatable
def update_correction(
    actor: InsightWriter, correction_id: UUID, change: CorrectionChange
) -> CorrectionAnswer:
    """Change the verdict or the reason; its links follow at once. Needs the role `analyst`."""
    corrections.require_analyst(actor)
    item = None
    if change.verdict is Verdict.CONFIRM:
        with read_session() as session:
            item_id = corrections.required(session, correction_id).news_item_id
        item = require_item(item_id) if item_id else None
    with unit_of_work() as uow:
        row, changed = corrections.update_correction(
            uow, actor, correction_id=correction_id, change=change, item=item
        )
        uow.session.flush()
        (view,) = correction_views(uow.session, [row])
    try_publish()
    return CorrectionAnswer(correction=view, changed=changed)


@router.delete("/api/corrections/{correction_id}", operation_id="delete_correction")
def delete_correction(actor: InsightWriter, correction_id: UUID) -> Changed:
    """Take a correction back. Needs the role `analyst`."""
    with unit_of_work() as uow:
        changed = corrections.delete_correction(uow, actor, correction_id=correction_id)
    try_publish()
    return Changed(changed=changed)


@router.get("/api/stoplist", operation_id="list_stoplist")
def list_stoplist(_actor: InsightReader, page: PageQuery) -> StoplistPage:
    """Words that are never linked, newest first."""
    with read_session() as session:
        rows, following = stoplist.list_entries(session, page=page)
        return StoplistPage(entries=stoplist_views(session, rows), next_cursor=following)


@router.post("/api/stoplist", status_code=201, operation_id="add_to_stoplist", response_model=StoplistAnswer)
@repeatable
def add_to_stoplist(
    actor: InsightWriter, draft: StoplistDraft, idempotency_key: IdempotencyKey = None
) -> Response:
    """Stop words from being linked, at once and from now on. Needs the role `analyst`."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            entry, changed = stoplist.add_entry(uow, actor, draft=draft)
            (view,) = stoplist_views(uow.session, [entry])
            return 201, StoplistAnswer(entry=view, changed=changed).model_dump(mode="json")

        status, body = run_idempotent(uow, actor, idempotency_key, draft.model_dump(mode="json"), produce)
    try_publish()
    return JSONResponse(body, status_code=status)


@router.patch("/api/stoplist/{entry_id}", operation_id="update_stoplist_entry")
@repeatable
def update_stoplist_entry(actor: InsightWriter, entry_id: UUID, change: StoplistChange) -> StoplistAnswer:
    """Change the words, where they are stopped, or the reason. Needs the role `analyst`."""
    with unit_of_work() as uow:
        row, changed = stoplist.update_entry(uow, actor, entry_id=entry_id, change=change)
        uow.session.flush()
        (view,) = stoplist_views(uow.session, [row])
    try_publish()
    return StoplistAnswer(entry=view, changed=changed)


@router.delete("/api/stoplist/{entry_id}", operation_id="remove_from_stoplist")
def remove_from_stoplist(actor: InsightWriter, entry_id: UUID) -> Changed:
    """Let words be names again. Needs the role `analyst`."""
    with unit_of_work() as uow:
        changed = stoplist.remove_entry(uow, actor, entry_id=entry_id)
    try_publish()
    return Changed(changed=changed)


@router.get("/api/unlinked", operation_id="list_unlinked")
def list_unlinked(
    _actor: InsightReader,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
) -> UnlinkedPage:
    """Names that the news use and the catalog lacks, those of most outlets first."""
    with read_session() as session:
        names = unknown_names.queue(session, limit=limit + 1, offset=offset)
    return UnlinkedPage(names=names[:limit], next_offset=offset + limit if len(names) > limit else None)


@router.post("/api/unlinked/decisions", operation_id="decide_unlinked")
@repeatable
def decide_unlinked(
    actor: InsightWriter, draft: UnlinkedDecisionDraft, idempotency_key: IdempotencyKey = None
) -> Response:
    """Take a name out of the queue: nobody's, or another name of an entity. Needs the role `analyst`."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            unknown_names.decide(uow, actor, draft=draft)
            return 200, Ok().model_dump()

        status, body = run_idempotent(uow, actor, idempotency_key, draft.model_dump(mode="json"), produce)
    return JSONResponse(body, status_code=status)
