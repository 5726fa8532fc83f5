"""Works and recordings as schema.org JSON-LD, each at an address of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from omnisonic.core.catalog.linked import linked_recording, linked_work
from omnisonic.platform.auth.http import GraphReader
from omnisonic.platform.db import read_session

router = APIRouter(tags=["catalog"])


class LinkedAnswer(JSONResponse):
    """JSON-LD 1.1."""

    media_type = "application/ld+json"


@router.get(
    "/api/catalog/works/{work_id}.jsonld", operation_id="get_work_jsonld", response_class=LinkedAnswer
)
def get_work(actor: GraphReader, work_id: UUID) -> dict[str, Any]:
    """A work as a schema.org `MusicComposition` with its people and recordings."""
    with read_session() as session:
        return linked_work(session, actor, work_id=work_id)


@router.get(
    "/api/catalog/recordings/{recording_id}.jsonld",
    operation_id="get_recording_jsonld",
    response_class=LinkedAnswer,
)
def get_recording(actor: GraphReader, recording_id: UUID) -> dict[str, Any]:
    """A recording as a schema.org `MusicRecording` with its performers and its work."""
    with read_session() as session:
        return linked_recording(session, actor, recording_id=recording_id)
