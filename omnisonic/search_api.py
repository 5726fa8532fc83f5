"""Composition: one search over the catalog and the caller's sessions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from omnisonic.core.catalog.hits import search_catalog
from omnisonic.core.catalog.schemas import SearchAnswer
from omnisonic.core.catalog.search import MAX_QUERY_CHARS
from omnisonic.platform.actor import Scope
from omnisonic.platform.auth.http import GraphReader
from omnisonic.platform.db import read_session
from omnisonic.platform.schemas import ApiModel
from omnisonic.studio.sessions import service as sessions

router = APIRouter(tags=["search"])

DEFAULT_HITS, MAX_HITS = 8, 50


class SessionHit(ApiModel):
    """A session of the caller's."""

    id: UUID
    title: str


class Found(SearchAnswer):
    """What was found, best first, kind by kind; sessions only for who may open them."""

    sessions: list[SessionHit]


@router.get("/api/search", operation_id="search")
def search(
    actor: GraphReader,
    query: Annotated[str, Query(alias="q", min_length=1, max_length=MAX_QUERY_CHARS)],
    limit: Annotated[int, Query(ge=1, le=MAX_HITS, description="Hits of each kind.")] = DEFAULT_HITS,
) -> Found:
    """Works, recordings, contributors and sessions by name, identifier, artist or a near spelling."""
    may_open = actor.scopes is None or Scope.STUDIO in actor.scopes
    wanted = query.replace("\x00", "").strip()
    with read_session() as session:
        found = search_catalog(session, actor, query=wanted, limit=limit)
        own = (
            sessions.search_sessions(session, actor, query=wanted, limit=limit) if may_open and wanted else []
        )
    hits = [SessionHit(id=one.id, title=one.name) for one in own]
    return Found(
        works=found.works, recordings=found.recordings, contributors=found.contributors, sessions=hits
    )
