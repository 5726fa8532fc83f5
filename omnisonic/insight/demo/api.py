"""Serves the demo's feeds as an outlet would, to whoever wants to see what was read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from omnisonic.insight.demo.documents import CONTENT_TYPE
from omnisonic.insight.demo.service import read_document
from omnisonic.platform.db import read_session

router = APIRouter(prefix="/demo/feeds", tags=["feeds"])


@router.get("/{slug}.xml", operation_id="read_demo_feed", response_class=Response)
def read_demo_feed(slug: Annotated[str, Path(max_length=40)]) -> Response:
    """A feed of the demo; public, and only where the demo was loaded, which production never allows."""
    with read_session() as session:
        return Response(read_document(session, slug), media_type=CONTENT_TYPE)
