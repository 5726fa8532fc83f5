"""REST of changes: a mark to compare, for pages and programs that look again when it is another one."""

from __future__ import annotations

from fastapi import APIRouter, Response

from omnisonic.core.royalties.changes import mark_of
from omnisonic.platform.auth.http import RoyaltiesReader
from omnisonic.platform.schemas import ApiModel

router = APIRouter(tags=["royalties"])


class Mark(ApiModel):
    """Where the royalties stand for the caller; compare it, there is nothing to read in it."""

    mark: str


@router.get("/api/royalties/changes", operation_id="get_royalties_mark")
def get_royalties_mark(actor: RoyaltiesReader, response: Response) -> Mark:
    """A mark that is another one whenever something may have changed for you."""
    response.headers["Cache-Control"] = "no-store"
    return Mark(mark=mark_of(actor))
